import { Fleet } from '../fleet/fleet';
import type { FleetCluster, HelmRelease } from '../fleet/types';
import type { Manifest } from '../manifest';
import type { Cluster } from './cluster';
import type { Mesh } from './mesh';

/** A cluster as `fleet.json` describes it, field by field in the order of the file. */
export function fleetCluster(cluster: Cluster): FleetCluster {
  const { role } = cluster.controlPlane;
  const configCluster = cluster.configCluster.clusterName;
  return {
    name: cluster.clusterName,
    context: cluster.context,
    network: cluster.networkName,
    region: cluster.region,
    zones: [...cluster.zones],
    // An external istiod bears the name of its config cluster, so that is what its remotes name.
    controlPlane: role === 'remote' ? { role, primary: configCluster } : { role },
    configCluster,
  };
}

/**
 * The fleet that a mesh stands for, without writing it: what analysis and traffic work on. It answers as the
 * one that is loaded from the mesh's dist, except that its objects come from no file.
 *
 * @throws ModelError with everything that is wrong with the mesh as a whole.
 */
export function fleetOf(mesh: Mesh): Fleet {
  const clusters: FleetCluster[] = [];
  const manifests = new Map<string, readonly Manifest[]>();
  const helm: HelmRelease[] = [];
  for (const { cluster, layers, releases } of mesh.render()) {
    const name = cluster.clusterName;
    clusters.push(fleetCluster(cluster));
    manifests.set(name, [...layers.values()].flat());
    for (const { name: release, namespace, version, values } of releases) {
      helm.push({ cluster: name, name: release, namespace, version, file: '', values });
    }
  }
  return Fleet.fromManifests(clusters, manifests, helm);
}
