import type { Cluster } from '../mesh/cluster';
import { Mesh } from '../mesh/mesh';

/** The remotes that a primary serves, sorted by name. */
export function remotesOf(primary: Cluster): readonly Cluster[] {
  return Mesh.of(primary).clusters.filter(
    cluster => cluster !== primary && cluster.configCluster === primary,
  );
}

/** Whether pods of one cluster can't reach those of another directly. */
export function spansNetworks(mesh: Mesh): boolean {
  return new Set(mesh.clusters.map(({ networkName }) => networkName)).size > 1;
}

/** Whether a cluster has an east-west gateway: for what other networks send it, or for istiod's remotes. */
export function hasEastWestGateway(cluster: Cluster): boolean {
  return spansNetworks(Mesh.of(cluster)) || remotesOf(cluster).length > 0;
}

/**
 * The clusters whose API server an istiod reads: those it serves, and those of other primaries, whose
 * endpoints it needs. A remote secret for each goes to the primary.
 */
export function watchedBy(primary: Cluster): readonly Cluster[] {
  return Mesh.of(primary).clusters.filter(cluster => cluster !== primary);
}
