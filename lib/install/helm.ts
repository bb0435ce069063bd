import { createHash } from 'node:crypto';
import type { Cluster } from '../mesh/cluster';
import { Mesh } from '../mesh/mesh';
import { internalLoadBalancer } from './load-balancer';
import { EAST_WEST_GATEWAY } from './names';
import { hasEastWestGateway, remotesOf } from './topology';
import { istioRelease } from './versions';

/** Values of a Helm chart. */
export type HelmValues = { readonly [key: string]: unknown };

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
  return [
    baseRelease(cluster),
    istiodRelease(cluster),
    ...(hasEastWestGateway(cluster) ? [eastWestRelease(cluster)] : []),
    ...ingressReleases(cluster),
  ];
}

/** Identifies chart, version, namespace and values: a release that carries it has nothing to upgrade. */
export function releaseDigest({ chart, version, namespace, values }: HelmRelease): string {
  return createHash('sha256')
    .update(JSON.stringify([chart, version, namespace, values]))
    .digest('hex')
    .slice(0, 16);
}

function release(
  cluster: Cluster,
  name: string,
  chart: string,
  namespace: string,
  values: HelmValues,
): HelmRelease {
  const { istioVersion } = Mesh.of(cluster);
  const { charts } = istioRelease(istioVersion)!;
  return { name, chart: `${charts}/${chart}`, version: istioVersion, namespace, values };
}

/** The CRDs and the reader's account. */
function baseRelease(cluster: Cluster): HelmRelease {
  const { systemNamespace } = Mesh.of(cluster);
  return release(
    cluster,
    'istio-base',
    'base',
    systemNamespace,
    cluster.isPrimary
      ? { defaultRevision: 'default' }
      : // A remote holds no Istio configuration, so nothing is there to validate.
        { profile: 'remote', defaultRevision: '' },
  );
}

/**
 * istiod, or on a remote what points to it: the chart's profile `remote` renders the injection webhook, the
 * reader's role and a Service whose endpoint is the primary's gateway, and no Deployment.
 *
 * @see https://github.com/istio/istio/blob/release-1.31/manifests/charts/istio-control/istio-discovery/files/profile-remote.yaml
 */
function istiodRelease(cluster: Cluster): HelmRelease {
  const mesh = Mesh.of(cluster);
  const { hub } = istioRelease(mesh.istioVersion)!;
  const global = {
    ...(hub ? { hub } : {}),
    meshID: mesh.meshId,
    multiCluster: { clusterName: cluster.clusterName },
    network: cluster.networkName,
  };
  const plane = cluster.controlPlane;
  if (plane.role === 'primary') {
    return release(cluster, 'istiod', 'istiod', mesh.systemNamespace, {
      global: { ...global, ...(remotesOf(cluster).length > 0 ? { externalIstiod: true } : {}) },
      meshConfig: { trustDomain: mesh.trustDomain },
    });
  }
  const primary = cluster.configCluster;
  const address = primary.controlPlane.role === 'primary' ? primary.controlPlane.address : undefined;
  const remote = release(cluster, 'istiod', 'istiod', mesh.systemNamespace, {
    profile: 'remote',
    global: { ...global, ...(address ? { remotePilotAddress: address } : {}) },
    istiodRemote: { injectionPath: `/inject/cluster/${cluster.clusterName}/net/${cluster.networkName}` },
  });
  if (address) return remote;
  return {
    ...remote,
    address: {
      path: 'global.remotePilotAddress',
      cluster: primary,
      namespace: mesh.systemNamespace,
      service: EAST_WEST_GATEWAY,
    },
  };
}

function eastWestRelease(cluster: Cluster): HelmRelease {
  const mesh = Mesh.of(cluster);
  const plane = cluster.controlPlane;
  const address = plane.role === 'primary' ? plane.address : undefined;
  const annotations = internalLoadBalancer(cluster);
  const service = {
    ...(annotations ? { annotations } : {}),
    ...(address ? { loadBalancerIP: address } : {}),
  };
  return release(cluster, EAST_WEST_GATEWAY, 'gateway', mesh.systemNamespace, {
    networkGateway: cluster.networkName,
    ...(Object.keys(service).length > 0 ? { service } : {}),
  });
}

function ingressReleases(cluster: Cluster): HelmRelease[] {
  return Mesh.of(cluster)
    .ingressGateways.filter(gateway => gateway.clusters.includes(cluster))
    .map(gateway => release(cluster, gateway.releaseName, 'gateway', gateway.namespaceName, {}));
}
