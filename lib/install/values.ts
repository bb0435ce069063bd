import { type IstioSpecValues, toJson_IstioSpecValues } from '../../imports/sailoperator.io';
import { convert } from '../istio/shape';
import type { Cluster } from '../mesh/cluster';
import { Mesh } from '../mesh/mesh';
import { PORT_ISTIOD, PORT_WEBHOOK } from './names';
import type { Revision } from './revisions';
import { eastWestAddress, exposesIstiod, istiodHost } from './topology';
import { mergeValues, type PlainValues } from './user-values';
import { istioRelease } from './versions';

/**
 * Values of a control plane: Istio's Helm values as the Sail operator types them, with istiod's own under
 * `pilot`. The istiod chart takes them in this form too.
 *
 * @see https://github.com/istio/istio/blob/release-1.31/manifests/charts/istio-control/istio-discovery/templates/zzy_descope_legacy.yaml
 */
export type IstioValues = IstioSpecValues;

/** The values of one control plane of a cluster, the user's merged over what the topology needs. */
export function istioValues(cluster: Cluster, revision: Revision): PlainValues {
  return mergeValues(topologyValues(cluster, revision), ...userValues(cluster).map(({ values }) => values));
}

/** The values that a user gave for a cluster, by where, the strongest last. */
export function userValues(cluster: Cluster): { where: string; values: PlainValues }[] {
  return [
    { where: 'mesh', values: plain(Mesh.of(cluster).values) },
    { where: cluster.clusterName, values: plain(cluster.values) },
  ];
}

/** What a control plane of a cluster must be told for its place in the mesh, in the names of the charts. */
export function topologyValues(cluster: Cluster, revision: Revision): PlainValues {
  const role = cluster.controlPlane.role;
  const own =
    role === 'primary'
      ? primaryValues(cluster)
      : role === 'remote'
        ? remoteValues(cluster)
        : configValues(cluster);
  return mergeValues(plain(commonValues(cluster, revision)), plain(own));
}

/**
 * The values of the istiod that serves a config cluster from its host. It carries the config cluster's name,
 * reads its own templates and mesh config from files, mesh config of the config cluster beside, and remote
 * secrets where it runs.
 *
 * @see https://github.com/istio/istio/blob/release-1.31/tests/integration/iop-externalistiod-primary-integration-test-defaults.yaml
 */
export function hostValues(configCluster: Cluster, revision: Revision): PlainValues {
  const address = istiodHost(configCluster)!;
  const host: IstioValues = {
    global: {
      externalIstiod: true,
      // The webhooks are in the config cluster, not here.
      operatorManageWebhooks: true,
      configValidation: false,
      caAddress: `${address}:${PORT_ISTIOD}`,
    },
    meshConfig: externalMeshConfig(configCluster),
    pilot: {
      env: {
        ISTIOD_CUSTOM_HOST: address,
        LOCAL_CLUSTER_SECRET_WATCHER: 'true',
        SHARED_MESH_CONFIG: `istio${revision.suffix}`,
      },
      volumes: [
        { name: 'config-volume', configMap: { name: `istio${revision.suffix}` } },
        { name: 'inject-volume', configMap: { name: `istio-sidecar-injector${revision.suffix}` } },
      ],
      volumeMounts: [
        { name: 'config-volume', mountPath: '/etc/istio/config' },
        { name: 'inject-volume', mountPath: '/var/lib/istio/inject' },
      ],
    },
  };
  return mergeValues(
    plain(commonValues(configCluster, revision)),
    ...userValues(configCluster).map(({ values }) => values),
    plain(host),
  );
}

/**
 * The platform whose profile Istio's charts have to be told: on GKE for the node agents of an ambient mesh, on
 * OpenShift always.
 */
export function chartPlatform(cluster: Cluster): string | undefined {
  const isAmbientGke = cluster.platform === 'gke' && Mesh.of(cluster).dataPlane === 'ambient';
  return isAmbientGke || cluster.platform === 'openshift' ? cluster.platform : undefined;
}

/** What a control plane's values say of images: it holds for the charts of the node agents too. */
export function imageValues(cluster: Cluster, revision: Revision): PlainValues {
  const global = (istioValues(cluster, revision).global ?? {}) as PlainValues;
  const names = ['hub', 'imagePullPolicy', 'imagePullSecrets', 'tag', 'variant'];
  return Object.fromEntries(names.map(name => [name, global[name]]));
}

function commonValues(cluster: Cluster, revision: Revision): IstioValues {
  const { meshId } = Mesh.of(cluster);
  return {
    revision: revision.name || undefined,
    global: {
      hub: istioRelease(revision.istioVersion)!.hub,
      platform: chartPlatform(cluster),
      meshId,
      multiCluster: { clusterName: cluster.clusterName },
      network: cluster.networkName,
    },
  };
}

function primaryValues(cluster: Cluster): IstioValues {
  const { trustDomain, dataPlane, ingressGateways } = Mesh.of(cluster);
  const host = exposesIstiod(cluster) ? istiodHost(cluster) : undefined;
  const ambient = dataPlane === 'ambient';
  const env: Record<string, string> = {
    ...(host ? { ISTIOD_CUSTOM_HOST: host } : {}),
    // Off even in the ambient profile: pilot/pkg/features/ambient.go.
    ...(ambient ? { AMBIENT_ENABLE_MULTI_NETWORK: 'true' } : {}),
    ...(ambient && ingressGateways.length > 0 ? { AMBIENT_ENABLE_MULTI_NETWORK_INGRESS: 'true' } : {}),
  };
  return {
    profile: ambient ? 'ambient' : undefined,
    global: exposesIstiod(cluster) ? { externalIstiod: true } : undefined,
    meshConfig: { trustDomain },
    pilot: Object.keys(env).length > 0 ? { env } : undefined,
  };
}

/**
 * A remote's chart renders the injection webhook, the reader's role and, for a known or awaited address, a
 * Service that leads to istiod; no Deployment. An API server calls no webhook through the ExternalName Service
 * that a DNS name becomes, so it gets a URL then; proxies do use that Service.
 *
 * @see https://github.com/istio/istio/blob/release-1.31/manifests/charts/istio-control/istio-discovery/files/profile-remote.yaml
 */
function remoteValues(cluster: Cluster): IstioValues {
  const { configCluster } = cluster;
  const host = istiodHost(configCluster);
  const external = configCluster.controlPlane.role === 'external';
  const remotePilotAddress = host ?? eastWestAddress(configCluster);
  const path = injectionPath(cluster);
  return {
    profile: 'remote',
    // Proxies of an external istiod find it by the mesh config's discoveryAddress.
    global: remotePilotAddress && !external ? { remotePilotAddress } : undefined,
    istiodRemote: host ? { injectionUrl: `https://${host}:${PORT_WEBHOOK}${path}` } : { injectionPath: path },
  };
}

/**
 * A config cluster without istiod: as a remote, with what a control plane keeps in its config cluster (its
 * account and roles, its mesh config, the validating webhook).
 *
 * @see https://github.com/istio/istio/blob/release-1.31/tests/integration/iop-externalistiod-config-integration-test-defaults.yaml
 */
function configValues(cluster: Cluster): IstioValues {
  const base = `https://${istiodHost(cluster)}:${PORT_WEBHOOK}`;
  return {
    profile: 'remote',
    base: { validationUrl: `${base}/validate` },
    global: { configCluster: true, externalIstiod: true },
    istiodRemote: { injectionUrl: `${base}${injectionPath(cluster)}` },
    meshConfig: externalMeshConfig(cluster),
    pilot: { configMap: true },
    telemetry: { enabled: true },
  };
}

function externalMeshConfig(configCluster: Cluster): IstioValues['meshConfig'] {
  const { trustDomain } = Mesh.of(configCluster);
  const discoveryAddress = `${istiodHost(configCluster)}:${PORT_ISTIOD}`;
  return { trustDomain, defaultConfig: { discoveryAddress } };
}

/** Tells the injector which cluster and network a pod belongs to: pkg/kube/inject/webhook.go, parseInjectEnvs. */
function injectionPath({ clusterName, networkName }: Cluster): string {
  return `/inject/cluster/${clusterName}/net/${networkName}`;
}

function plain(values: IstioValues): PlainValues {
  return mergeValues(convert(toJson_IstioSpecValues, values) as PlainValues);
}
