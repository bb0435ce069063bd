import { createHash } from 'node:crypto';
import type { Cluster } from '../mesh/cluster';
import { Mesh } from '../mesh/mesh';
import { eastWestService } from './east-west';
import { internalLoadBalancer } from './load-balancer';
import { BASE_RELEASE, CNI_RELEASE, EAST_WEST_GATEWAY, ISTIOD, ZTUNNEL_RELEASE } from './names';
import { type Revision, revisionsOf } from './revisions';
import { eastWestAddress, eastWestKind, exposesIstiod, hasEastWestGateway, installerOf } from './topology';
import { mergeValues, type PlainValues, valueAt } from './user-values';
import { chartPlatform, hostValues, imageValues, istioValues } from './values';
import { istioRelease, newestVersion } from './versions';

/** Values of a Helm chart. */
export type HelmValues = PlainValues;

/** One Helm release on a cluster. */
export interface HelmRelease {
  readonly name: string;
  readonly chart: string;
  readonly version: string;
  readonly namespace: string;
  readonly values: HelmValues;
  /** A value that is only known at run time: the load balancer address of a Service in another cluster. */
  readonly address?: {
    readonly path: string;
    readonly cluster: Cluster;
    readonly namespace: string;
    readonly service: string;
  };
}

/** The Helm releases of a cluster in install order. */
export function helmReleases(cluster: Cluster): readonly HelmRelease[] {
  const mesh = Mesh.of(cluster);
  const revisions = revisionsOf(mesh);
  const controlPlane =
    installerOf(cluster) === 'helm'
      ? [
          baseRelease(cluster, revisions),
          ...nodeReleases(cluster, revisions[0]),
          ...revisions.map(revision => istiodRelease(cluster, revision)),
        ]
      : [];
  const gateway =
    hasEastWestGateway(cluster) && eastWestKind(cluster) === 'helm' ? [eastWestRelease(cluster)] : [];
  return [...controlPlane, ...gateway, ...ingressReleases(cluster)];
}

/** The Helm releases of a host: the istiod of the config cluster that it serves. */
export function hostReleases(configCluster: Cluster): readonly HelmRelease[] {
  const mesh = Mesh.of(configCluster);
  return revisionsOf(mesh).map(revision =>
    release(
      revision,
      `${ISTIOD}${revision.suffix}`,
      'istiod',
      mesh.systemNamespace,
      hostValues(configCluster, revision),
    ),
  );
}

/** Identifies chart, version, namespace and values: a release that carries it has nothing to upgrade. */
export function releaseDigest({ chart, version, namespace, values }: HelmRelease): string {
  return createHash('sha256')
    .update(JSON.stringify([chart, version, namespace, values]))
    .digest('hex')
    .slice(0, 16);
}

function release(
  { istioVersion }: Pick<Revision, 'istioVersion'>,
  name: string,
  chart: string,
  namespace: string,
  values: HelmValues,
): HelmRelease {
  const { charts } = istioRelease(istioVersion)!;
  return { name, chart: `${charts}/${chart}`, version: istioVersion, namespace, values: mergeValues(values) };
}

/**
 * The CRDs, the reader's account and the validating webhook of the default revision. There is one for all
 * revisions, of the newest version: CRDs may be newer than an istiod, not older.
 */
function baseRelease(cluster: Cluster, revisions: readonly Revision[]): HelmRelease {
  const { systemNamespace } = Mesh.of(cluster);
  const istioVersion = newestVersion(revisions.map(revision => revision.istioVersion));
  return release({ istioVersion }, BASE_RELEASE, 'base', systemNamespace, {
    defaultRevision: cluster.isConfigCluster ? revisions[0].name || 'default' : '',
    // A remote holds no Istio configuration, so nothing is there to validate.
    profile: cluster.isPrimary ? undefined : 'remote',
    base: valueAt(istioValues(cluster, revisions[0]), ['base']),
  });
}

/**
 * What runs on every node: in an ambient mesh the CNI plugin and ztunnel, on OpenShift the CNI plugin for
 * sidecars too. ztunnel must be told cluster and network as istiod is: with the chart's defaults it would call
 * itself of cluster `Kubernetes`, and istiod refuses to sign for that.
 *
 * @see https://github.com/istio/istio/blob/release-1.31/manifests/charts/ztunnel/templates/daemonset.yaml
 */
function nodeReleases(cluster: Cluster, revision: Revision): HelmRelease[] {
  const mesh = Mesh.of(cluster);
  const platform = chartPlatform(cluster);
  const ambient = mesh.dataPlane === 'ambient';
  const global = { ...imageValues(cluster, revision), platform };
  // Pods of the priority that node agents need are let into kube-system without a quota of their own.
  const namespace = platform === 'openshift' ? 'kube-system' : mesh.systemNamespace;
  const cni = release(revision, CNI_RELEASE, 'cni', namespace, {
    profile: ambient ? 'ambient' : undefined,
    global,
  });
  if (!ambient) return platform === 'openshift' ? [cni] : [];
  const ztunnel = release(revision, ZTUNNEL_RELEASE, 'ztunnel', namespace, {
    global,
    istioNamespace: namespace === mesh.systemNamespace ? undefined : mesh.systemNamespace,
    multiCluster: { clusterName: cluster.clusterName },
    network: cluster.networkName,
    revision: revision.name || undefined,
  });
  return [cni, ztunnel];
}

/** istiod; on a cluster without one, what leads to it. */
function istiodRelease(cluster: Cluster, revision: Revision): HelmRelease {
  const { systemNamespace: namespace } = Mesh.of(cluster);
  const name = `${ISTIOD}${revision.suffix}`;
  const istiod = release(revision, name, 'istiod', namespace, istioValues(cluster, revision));
  const { configCluster } = cluster;
  const isKnown =
    !exposesIstiod(configCluster) ||
    configCluster === cluster ||
    valueAt(istiod.values, ['global', 'remotePilotAddress']) !== undefined;
  if (isKnown) return istiod;
  return {
    ...istiod,
    address: {
      path: 'global.remotePilotAddress',
      cluster: configCluster,
      namespace,
      service: eastWestService(configCluster),
    },
  };
}

function eastWestRelease(cluster: Cluster): HelmRelease {
  const mesh = Mesh.of(cluster);
  const [revision] = revisionsOf(mesh);
  return release(revision, EAST_WEST_GATEWAY, 'gateway', mesh.systemNamespace, {
    networkGateway: cluster.networkName,
    revision: revision.name || undefined,
    service: { annotations: internalLoadBalancer(cluster), loadBalancerIP: eastWestAddress(cluster) },
  });
}

function ingressReleases(cluster: Cluster): HelmRelease[] {
  const mesh = Mesh.of(cluster);
  const [revision] = revisionsOf(mesh);
  return mesh.ingressGateways
    .filter(gateway => gateway.clusters.includes(cluster))
    .map(gateway =>
      release(revision, gateway.releaseName, 'gateway', gateway.namespaceName, {
        revision: revision.name || undefined,
      }),
    );
}
