import { type Plain, plainAt, plainsAt, stringAt } from '../../fleet/plain';
import { localityFits, localityPolicies } from '../localities';
import type { Check } from '../types';

/** Whether the places that a locality policy names exist. */
export const localityUnknown: Check = {
  code: 'ISM0305',
  name: 'locality-unknown',
  severity: 'warning',
  summary: 'The regions and zones in a locality policy are those of some cluster.',
  why: 'The rule never applies: clients or endpoints in the place that was meant are treated by another rule or by none.',
  fix: 'Write the region and zone as in the labels topology.kubernetes.io/region and /zone of the Nodes.',
  *run(view) {
    const { clusters } = view.fleet;
    if (clusters.some(cluster => cluster.region === '')) return;
    const exists = (pattern: string) => clusters.some(cluster => localityFits(pattern, cluster));
    for (const { at, scope, setting } of localityPolicies(view)) {
      for (const place of new Set(placesOf(setting ?? {}))) {
        if (!exists(place))
          yield { at, message: `localityLbSetting${scope} names "${place}", where no cluster is` };
      }
    }
  },
};

function placesOf(setting: Plain): string[] {
  return [
    ...plainsAt(setting, 'distribute').flatMap(rule => [
      stringAt(rule, 'from') ?? '*',
      ...Object.keys(plainAt(rule, 'to')),
    ]),
    ...plainsAt(setting, 'failover').flatMap(rule => [
      stringAt(rule, 'from') ?? '*',
      stringAt(rule, 'to') ?? '*',
    ]),
  ];
}
