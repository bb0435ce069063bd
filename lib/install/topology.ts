import { isIP } from 'node:net';
import type { Cluster } from '../mesh/cluster';
import { Mesh } from '../mesh/mesh';
import type { EastWestGatewayKind, Installer } from './settings';

/** The remotes that a config cluster's istiod serves, sorted by name. */
export function remotesOf(primary: Cluster): readonly Cluster[] {
  const mesh = Mesh.of(primary);
  return mesh.derived(remotesOf, () => remotesByPrimary(mesh)).get(primary) ?? [];
}

function remotesByPrimary(mesh: Mesh): Map<Cluster, Cluster[]> {
  const remotes = new Map<Cluster, Cluster[]>();
  for (const cluster of mesh.clusters) {
    const primary = cluster.configCluster;
    if (primary === cluster) continue;
    const list = remotes.get(primary);
    if (list) list.push(cluster);
    else remotes.set(primary, [cluster]);
  }
  return remotes;
}

/** Whether pods of one cluster can't reach those of another directly. */
export function spansNetworks(mesh: Mesh): boolean {
  return mesh.derived(
    spansNetworks,
    () => new Set(mesh.clusters.map(({ networkName }) => networkName)).size > 1,
  );
}

/** Whether remotes reach a cluster's istiod through its east-west gateway. */
export function exposesIstiod(cluster: Cluster): boolean {
  return cluster.isPrimary && remotesOf(cluster).length > 0;
}

/** Whether a cluster has an east-west gateway: for what other networks send it, or for istiod's remotes. */
export function hasEastWestGateway(cluster: Cluster): boolean {
  return spansNetworks(Mesh.of(cluster)) || exposesIstiod(cluster);
}

/** What installs Istio on a cluster. */
export function installerOf(cluster: Cluster): Installer {
  return cluster.installer ?? Mesh.of(cluster).installer;
}

/** What a cluster's east-west gateway is made of. An ambient mesh knows the Gateway API's only. */
export function eastWestKind(cluster: Cluster): EastWestGatewayKind {
  if (Mesh.of(cluster).dataPlane === 'ambient') return 'gateway-api';
  return cluster.eastWestGateway.kind ?? (installerOf(cluster) === 'helm' ? 'helm' : 'manifests');
}

/** The static IP address of a cluster's east-west gateway, if it has one. */
export function eastWestAddress({ eastWestGateway, controlPlane }: Cluster): string | undefined {
  if (eastWestGateway.address) return eastWestGateway.address;
  const address = controlPlane.role === 'primary' ? controlPlane.address : undefined;
  return address && isIP(address) ? address : undefined;
}

/** The DNS name at which others reach the istiod of a config cluster, if it is reached by name. */
export function istiodHost({ controlPlane }: Cluster): string | undefined {
  if (controlPlane.role === 'external') return controlPlane.address;
  const address = controlPlane.role === 'primary' ? controlPlane.address : undefined;
  return address && !isIP(address) ? address : undefined;
}

/**
 * The clusters whose API server an istiod reads: those it serves, and those of other istiods, whose endpoints
 * it needs. A remote secret for each goes to where the istiod runs.
 */
export function watchedBy(configCluster: Cluster): readonly Cluster[] {
  return Mesh.of(configCluster).clusters.filter(cluster => cluster !== configCluster);
}

/** Whether the istiod of another cluster reads this one. */
export function isWatched(cluster: Cluster): boolean {
  return Mesh.of(cluster).clusters.some(other => other.isConfigCluster && other !== cluster);
}

/**
 * Whether the reader's token is applied with the gateways: Kubernetes deletes the token of an account that
 * doesn't exist, and only Helm's base release makes the account before the layer `istio`.
 */
export function tokenFollows(cluster: Cluster): boolean {
  return installerOf(cluster) !== 'helm';
}
