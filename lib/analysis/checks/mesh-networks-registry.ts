import { meshNetworks, registriesOf } from '../networks';
import { at, atCluster, atRelease, type Check } from '../types';

/** Whether mesh networks take endpoints from clusters that exist. */
export const meshNetworksRegistry: Check = {
  code: 'ISM0209',
  name: 'mesh-networks-registry',
  severity: 'error',
  istio: ['IST0126'],
  summary: 'fromRegistry in meshNetworks names a cluster.',
  why: 'The endpoints of the cluster that was meant keep no network, so they are taken for directly reachable.',
  fix: 'Write the cluster’s name: it is the key of its remote secret.',
  *run(view) {
    for (const { cluster, rootNamespace } of view.planes) {
      const map = view.fleet.find(cluster, 'ConfigMap', rootNamespace, 'istio');
      const release = view.installation(cluster);
      for (const [network, spec] of Object.entries(meshNetworks(view, cluster))) {
        for (const registry of registriesOf(spec)) {
          if (view.fleet.hasCluster(registry) || registry === 'Kubernetes') continue;
          yield {
            at: map ? at(map) : release ? atRelease(release) : atCluster(cluster),
            message: `network "${network}" takes endpoints from the registry "${registry}", which is no cluster of the fleet`,
          };
        }
      }
    }
  },
};
