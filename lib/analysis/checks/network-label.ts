import { LABELS } from '../../fleet/labels';
import { stringAt } from '../../fleet/plain';
import { declaredGateways, networkOf } from '../networks';
import { at, type Check } from '../types';

/** Whether everything that says which network a cluster is on says the same. */
export const networkLabel: Check = {
  code: 'ISM0202',
  name: 'network-label',
  severity: 'error',
  summary:
    'The network of a cluster is the same on its system namespace, in its installation and on its gateway.',
  why: 'istiod takes pods on a wrongly named network for reachable when they are not, or sends requests through a gateway of another network.',
  fix: 'Write the same network name in the label topology.istio.io/network of the system namespace, in global.network, in the injection path and in networkGateway.',
  *run(view) {
    for (const cluster of view.fleet.clusters) {
      const system = view.fleet.find(cluster.name, 'Namespace', '', view.planeOf(cluster.name).rootNamespace);
      if (!system) continue;
      const label = system.manifest.metadata.labels?.[LABELS.network] ?? '';
      const values = view.values(cluster.name);
      const path =
        stringAt(values, 'istiodRemote', 'injectionPath') ??
        stringAt(values, 'istiodRemote', 'injectionURL') ??
        '';
      const said = [
        ['global.network', stringAt(values, 'global', 'network')],
        ['the injection path', /\/net\/([^/]+)/.exec(path)?.[1]],
      ] as const;
      if (label === '') {
        if (view.networks.length > 1)
          yield { at: at(system), message: `has no label ${LABELS.network}, in a mesh of several networks` };
        continue;
      }
      for (const [where, network] of said) {
        if (network && network !== label) {
          yield { at: at(system), message: `says the network is "${label}", but ${where} says "${network}"` };
        }
      }
    }
    for (const { network, service } of declaredGateways(view)) {
      const own = networkOf(view.fleet, view.fleet.cluster(service.cluster));
      if (own !== '' && network !== own) {
        yield {
          at: at(service.object),
          message: `is labelled as the gateway of network "${network}", but ${service.cluster} is on "${own}"`,
        };
      }
    }
  },
};
