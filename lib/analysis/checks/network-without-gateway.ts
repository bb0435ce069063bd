import { declaredGateways, networkGateways, networkOf } from '../networks';
import { at, atCluster, type Check } from '../types';

/** Whether every network can be entered. */
export const networkWithoutGateway: Check = {
  code: 'ISM0201',
  name: 'network-without-gateway',
  severity: 'error',
  summary: 'A network with pods has an east-west gateway once there is another network.',
  why: 'istiod hands out the pods’ own addresses to clients on other networks, which can’t reach them: their requests time out.',
  fix: 'Add an east-west gateway: a Service labelled topology.istio.io/network with port 15443, by the gateway chart’s networkGateway value.',
  *run(view) {
    if (view.networks.length < 2) return;
    const entered = new Set(
      [...networkGateways(view), ...declaredGateways(view)].map(({ network }) => network),
    );
    for (const cluster of view.fleet.clusters) {
      const network = networkOf(view.fleet, cluster);
      if (network === '' || entered.has(network)) continue;
      if (!view.pods.some(pod => pod.cluster === cluster.name && pod.isInjected)) continue;
      const system = view.fleet.find(cluster.name, 'Namespace', '', view.planeOf(cluster.name).rootNamespace);
      yield {
        at: system ? at(system) : atCluster(cluster.name),
        message: `network "${network}" has pods of the mesh but no gateway; the other networks are ${view.networks.filter(other => other !== network).join(', ')}`,
      };
    }
  },
};
