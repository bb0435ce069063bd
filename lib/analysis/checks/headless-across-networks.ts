import { isClusterLocal } from '../cluster-local';
import { networkOf } from '../networks';
import { at, type Check } from '../types';

/** Whether a headless Service stays on one network. */
export const headlessAcrossNetworks: Check = {
  code: 'ISM0206',
  name: 'headless-across-networks',
  severity: 'warning',
  summary: 'A headless Service and its pods are on one network.',
  why: 'Clients connect to the pods’ own addresses, never through a gateway: pods on another network are not among them.',
  fix: 'Use a Service with a cluster IP for what is called across networks, or one of its own per network.',
  *run(view) {
    if (view.networks.length < 2) return;
    for (const host of view.hosts()) {
      const services = view.servicesOf(host);
      const [first] = services;
      if (!services.some(service => service.isHeadless) || isClusterLocal(view.planeOf(first.cluster), host))
        continue;
      const served = new Set(view.podsBehind(host).map(pod => pod.network));
      const far = services.find(({ cluster }) =>
        [...served].some(network => {
          const own = networkOf(view.fleet, view.fleet.cluster(cluster));
          return network !== '' && own !== '' && network !== own;
        }),
      );
      if (!far || served.size === 0) continue;
      yield {
        at: at(far.object),
        message: `is headless and known on more networks than its pods can be reached from (pods on ${[...served].join(', ')})`,
      };
    }
  },
};
