import type { ControlPlane } from '../../fleet/control-plane';
import {
  type DestinationRuleIndex,
  destinationRuleFor,
  indexDestinationRules,
  subsetLabels,
} from '../../fleet/destination-rules';
import { resolveShortName } from '../../fleet/hosts';
import { KIND } from '../kinds';
import { destinationsOf } from '../routes';
import { subsetFits } from '../selectors';
import { at, type Check } from '../types';

/** Whether a subset that is routed to across networks is known where the connection ends. */
export const subsetMissingAtDestination: Check = {
  code: 'ISM0106',
  name: 'subset-missing-at-destination',
  severity: 'error',
  summary:
    'A subset that is routed to across networks is defined in the config cluster of the pods it reaches.',
  why: 'Across networks the subset is part of the SNI; the east-west gateway has a way in only for subsets its own istiod knows, and resets every other connection.',
  fix: 'Put the DestinationRule with this subset into the config cluster of the destination as well.',
  *run(view) {
    if (view.networks.length < 2 || view.planes.length < 2) return;
    const indexes = new Map<ControlPlane, DestinationRuleIndex>(
      view.planes.map(plane => [plane, indexDestinationRules(view.fleet, plane)]),
    );
    const ruleOf = (plane: ControlPlane, service: { host: string; namespace: string }, client: string) =>
      destinationRuleFor(indexes.get(plane)!, { namespace: client, labels: {} }, service);
    for (const { plane, object, spec, namespace } of view.configs(KIND.virtualService)) {
      const clientNetworks = view.clientNetworks(plane);
      for (const { host, subset, path } of destinationsOf(spec)) {
        const [service] = view.servicesOf(resolveShortName(host, namespace, plane.domain));
        if (!service || subset === undefined) continue;
        const labels = subsetLabels(ruleOf(plane, service, namespace), subset);
        if (!labels) continue;
        const far = view
          .podsBehind(service.host)
          .filter(pod => view.planeOf(pod.cluster) !== plane && subsetFits(view.fleet, labels, pod))
          .filter(pod => [...clientNetworks].some(network => network !== pod.network));
        for (const cluster of new Set(far.map(pod => view.planeOf(pod.cluster).cluster))) {
          const there = view.planeOf(cluster);
          if (subsetLabels(ruleOf(there, service, there.rootNamespace), subset)) continue;
          yield {
            at: at(object),
            message: `${path} sends to subset "${subset}" of ${service.host}, whose pods on another network are configured by ${cluster}, where no DestinationRule defines it`,
          };
        }
      }
    }
  },
};
