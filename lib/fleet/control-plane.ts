import { parse } from 'yaml';
import type { Fleet } from './fleet';
import { deepMerge, isPlain, labelsAt, type Plain, plainAt, stringAt, stringsAt } from './plain';
import type { FleetCluster } from './types';

/** Versions of Istio that are told apart where their behaviour differs. */
export const ISTIO_VERSIONS = ['1.29', '1.30', '1.31'] as const;
/** A minor version of Istio. */
export type IstioVersion = (typeof ISTIO_VERSIONS)[number];
/** What is assumed when nothing says which version runs. */
export const DEFAULT_ISTIO_VERSION: IstioVersion = '1.31';

/** One istiod: whose configuration it reads, and how it is set up. */
export interface ControlPlane {
  /** The config cluster, which is also its `CLUSTER_ID`: the name of this control plane. */
  readonly cluster: string;
  readonly version: IstioVersion;
  /** Root namespace of the mesh configuration; by default `istio-system`. */
  readonly rootNamespace: string;
  /** The domain of Services; by default `cluster.local`. */
  readonly domain: string;
  /** The mesh config as the user gave it, over Istio's defaults. */
  readonly meshConfig: Plain;
  /** Environment of istiod, where feature flags are. */
  readonly env: Readonly<Record<string, string>>;
}

/** What Istio uses when the mesh config says nothing. Source: `pkg/config/mesh/mesh.go` DefaultMeshConfig. */
const MESH_DEFAULTS: Plain = {
  rootNamespace: 'istio-system',
  localityLbSetting: { enabled: true },
  enableAutoMtls: true,
  defaultServiceExportTo: ['*'],
  defaultVirtualServiceExportTo: ['*'],
  defaultDestinationRuleExportTo: ['*'],
};

/**
 * The control planes of a fleet by config cluster. Mesh config is looked for in the `istio` ConfigMap, a Helm
 * release `istiod` (values `meshConfig`, or the older `pilot.meshConfig`), a Sail `Istio` and an
 * `IstioOperator`, in this order.
 *
 * @param version what to assume for every control plane; by default what its Helm release says.
 */
export function controlPlanes(fleet: Fleet, version?: IstioVersion): ReadonlyMap<string, ControlPlane> {
  const planes = new Map<string, ControlPlane>();
  for (const { configCluster } of fleet.clusters) {
    if (!planes.has(configCluster)) planes.set(configCluster, controlPlane(fleet, configCluster, version));
  }
  return planes;
}

/** Whether a Helm release is an istiod, of whatever revision: `istiod`, `istiod-1-31`. */
export function isIstiod(release: string): boolean {
  return release === 'istiod' || release.startsWith('istiod-');
}

/** The Helm release of a cluster's istiod: that of the default revision, else the first by name. */
function istiodRelease(fleet: Fleet, cluster: string) {
  const releases = fleet.helm.filter(helm => helm.cluster === cluster && isIstiod(helm.name));
  return releases.find(({ name }) => name === 'istiod') ?? releases[0];
}

/** The values that Istio was installed with on a cluster; empty when nothing says it. */
export function istiodValues(fleet: Fleet, cluster: string): Plain {
  const release = istiodRelease(fleet, cluster);
  if (release) return descope(release.values);
  const sail = fleet.ofKind('Istio.sailoperator.io', cluster)[0];
  if (sail) return descope(plainAt(sail.manifest, 'spec', 'values'));
  const operator = fleet.ofKind('IstioOperator.install.istio.io', cluster)[0];
  if (!operator) return {};
  const spec = plainAt(operator.manifest, 'spec');
  return descope({ ...plainAt(spec, 'values'), meshConfig: plainAt(spec, 'meshConfig') });
}

/**
 * The network that injection gives the proxies of a cluster (`ISTIO_META_NETWORK`): the installation's
 * `global.network`, or what the injection path of a remote says, else what the fleet says of the cluster.
 */
export function proxyNetwork(fleet: Fleet, cluster: FleetCluster): string {
  const values = istiodValues(fleet, cluster.name);
  const path = stringAt(values, 'istiodRemote', 'injectionPath') ?? '';
  const fromPath = /\/net\/([^/]+)/.exec(path)?.[1];
  return stringAt(values, 'global', 'network') || fromPath || cluster.network;
}

/**
 * The network of endpoints whose pod doesn't name one: the label of the cluster's system namespace, else what
 * the fleet says of the cluster. Source: Istio `serviceregistry/kube/controller/controller.go` Network.
 */
export function endpointNetwork(fleet: Fleet, cluster: FleetCluster, rootNamespace: string): string {
  const system = fleet.find(cluster.name, 'Namespace', '', rootNamespace);
  return labelsAt(system?.manifest, 'metadata', 'labels')['topology.istio.io/network'] || cluster.network;
}

/** A list of namespaces in the mesh config, such as `defaultServiceExportTo`. */
export function meshExportTo(plane: ControlPlane, field: string): readonly string[] {
  return stringsAt(plane.meshConfig, field);
}

/** Whether a feature flag of istiod is on. */
export function flag(plane: ControlPlane, name: string, byDefault: boolean): boolean {
  const value = plane.env[name];
  return value === undefined ? byDefault : value === 'true' || value === '1';
}

function controlPlane(fleet: Fleet, cluster: string, version: IstioVersion | undefined): ControlPlane {
  const values = istiodValues(fleet, cluster);
  const given = meshConfigOf(fleet, cluster) ?? plainAt(values, 'meshConfig');
  const meshConfig = deepMerge(MESH_DEFAULTS, given);
  const namespace = stringAt(values, 'global', 'istioNamespace');
  return {
    cluster,
    version: version ?? installedVersion(fleet, cluster, values),
    rootNamespace: stringAt(given, 'rootNamespace') ?? namespace ?? 'istio-system',
    domain: stringAt(values, 'global', 'proxy', 'clusterDomain') || 'cluster.local',
    meshConfig,
    env: texts(plainAt(values, 'env')),
  };
}

function meshConfigOf(fleet: Fleet, cluster: string): Plain | undefined {
  for (const { manifest } of fleet.ofKind('ConfigMap', cluster)) {
    if (manifest.metadata.name !== 'istio') continue;
    const mesh = stringAt(manifest, 'data', 'mesh');
    const parsed: unknown = mesh === undefined ? undefined : parse(mesh);
    if (isPlain(parsed)) return parsed;
  }
  return undefined;
}

function installedVersion(fleet: Fleet, cluster: string, values: Plain): IstioVersion {
  const release = istiodRelease(fleet, cluster);
  const said = [
    stringAt(values, 'compatibilityVersion'),
    release?.version,
    stringAt(values, 'global', 'tag'),
  ];
  for (const text of said) {
    const known = ISTIO_VERSIONS.find(candidate => text?.replace(/^v/, '').startsWith(candidate));
    if (known) return known;
  }
  return DEFAULT_ISTIO_VERSION;
}

/** The istiod chart moves everything under `pilot` to the top. Source: its template zzy_descope_legacy.yaml. */
function descope(values: Plain): Plain {
  return deepMerge(values, plainAt(values, 'pilot'));
}

function texts(source: Plain): Record<string, string> {
  return Object.fromEntries(Object.entries(source).map(([key, value]) => [key, String(value)]));
}
