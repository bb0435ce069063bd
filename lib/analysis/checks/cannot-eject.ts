import { labelsAt, numberAt, plainsAt } from '../../fleet/plain';
import { localityPolicies } from '../localities';
import { networkGateways } from '../networks';
import { subsetFits } from '../selectors';
import type { Check } from '../types';
import { type FleetView, groupBy, type PodSet } from '../view';

/** Envoy's default of maxEjectionPercent. Source: Envoy outlier_detection.proto max_ejection_percent. */
const DEFAULT_PERCENT = 10;

/** Whether outlier detection may eject even one of the hosts there are. */
export const cannotEject: Check = {
  code: 'ISM0302',
  name: 'cannot-eject',
  severity: 'warning',
  summary: 'maxEjectionPercent lets at least one of a service’s hosts be ejected.',
  why: 'Envoy ejects a host only while the ejected part stays within the percentage: with so few hosts none ever is, so failing endpoints keep their share and nothing fails over.',
  fix: 'Raise maxEjectionPercent; 100 is right for locality failover.',
  *run(view) {
    const gateways = groupBy(networkGateways(view), gateway => gateway.network);
    for (const { at, plane, rule, scope, subset, outlierDetection } of localityPolicies(view)) {
      if (!rule || !outlierDetection) continue;
      const known = view.resolve(plane, rule.namespace, rule.host);
      if (!known || known.services.length === 0) continue;
      const labels = labelsAt(
        plainsAt(rule.spec, 'subsets').find(entry => entry.name === subset),
        'labels',
      );
      const pods = view.podsBehind(known.host).filter(pod => subsetFits(view.fleet, labels, pod));
      const percent = numberAt(outlierDetection, 'maxEjectionPercent') ?? DEFAULT_PERCENT;
      const clients = view.clientNetworks(plane);
      const hosts = Math.min(...[...clients].map(network => hostsSeen(view, pods, network, gateways)));
      if (!Number.isFinite(hosts) || hosts < 2 || percent * hosts >= 100) continue;
      yield {
        at,
        message: `outlierDetection${scope} may eject ${percent} % of hosts, but ${known.host} has ${hosts}, of which one is ${Math.ceil(100 / hosts)} %`,
      };
    }
  },
};

/** A client sees the pods of its own network, and the gateways of every other one that has pods. */
function hostsSeen(
  view: FleetView,
  pods: readonly PodSet[],
  network: string,
  gateways: ReadonlyMap<string, readonly unknown[]>,
): number {
  const isNear = (pod: PodSet) =>
    view.networks.length < 2 || pod.network === network || pod.network === '' || network === '';
  const near = pods.filter(isNear).reduce((sum, pod) => sum + pod.count, 0);
  const far = new Set(pods.filter(pod => !isNear(pod)).map(pod => pod.network));
  return [...far].reduce((sum, other) => sum + Math.max(1, gateways.get(other)?.length ?? 0), near);
}
