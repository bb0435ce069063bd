import { plainAt, plainsAt, stringAt } from '../../fleet/plain';
import { localityFits, localityPolicies } from '../localities';
import { networkGateways, networkOf } from '../networks';
import type { Check } from '../types';
import { groupBy } from '../view';

/** Whether weights per zone can have an effect behind a gateway. */
export const sharedGatewayHidesWeight: Check = {
  code: 'ISM0306',
  name: 'shared-gateway-hides-weight',
  severity: 'warning',
  summary: 'distribute gives a remote network no more weights than it has gateway addresses.',
  why: 'Each zone behind a gateway is the same address to the client; Envoy keeps the first and drops the others, and with them their weight.',
  fix: 'Give the other network’s region one weight (region/*), or its gateway an address per zone.',
  *run(view) {
    if (view.networks.length < 2) return;
    const gateways = groupBy(networkGateways(view), gateway => gateway.network);
    for (const { at, plane, scope, setting } of localityPolicies(view)) {
      for (const rule of plainsAt(setting, 'distribute')) {
        const from = stringAt(rule, 'from') ?? '*';
        const clients = view.clustersOf(plane).filter(cluster => localityFits(from, cluster));
        for (const network of view.networks) {
          const count = gateways.get(network)?.length ?? 0;
          const there = view.fleet.clusters.filter(cluster => networkOf(view.fleet, cluster) === network);
          const places = Object.keys(plainAt(rule, 'to')).filter(to =>
            there.some(cluster => localityFits(to, cluster)),
          );
          if (
            count === 0 ||
            places.length <= count ||
            !clients.some(cluster => networkOf(view.fleet, cluster) !== network)
          )
            continue;
          yield {
            at,
            message: `distribute${scope} from "${from}" gives ${places.length} weights (${places.join(', ')}) to network "${network}", which has ${count} gateway address${count === 1 ? '' : 'es'}`,
          };
        }
      }
    }
  },
};
