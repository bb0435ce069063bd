import { namespaceOf } from '../../fleet/fleet';
import { resolveShortName } from '../../fleet/hosts';
import { plainAt, plainsAt, stringAt, valueAt } from '../../fleet/plain';
import type { FleetObject } from '../../fleet/types';
import { KIND } from '../kinds';
import { workloadSelectorOf } from '../selectors';
import { at, type Check } from '../types';
import { groupBy } from '../view';

/** Whether a host has one DestinationRule for each client. */
export const destinationRulesCollide: Check = {
  code: 'ISM0109',
  name: 'destination-rules-collide',
  severity: 'warning',
  kiali: ['KIA0201'],
  summary: 'A host has one DestinationRule in a namespace, not several.',
  why: 'Istio merges them: new subsets are added, but of two traffic policies, or of two subsets of one name, only the older object’s counts.',
  fix: 'Write one DestinationRule for the host.',
  *run(view) {
    for (const plane of view.planes) {
      const rules = view.config(plane, KIND.destinationRule).filter(object => !workloadSelectorOf(object));
      const hostOf = (object: FleetObject) =>
        resolveShortName(
          stringAt(object.manifest, 'spec', 'host') ?? '',
          namespaceOf(object.manifest),
          plane.domain,
        );
      for (const group of groupBy(
        rules,
        object => `${namespaceOf(object.manifest)} ${hostOf(object)}`,
      ).values()) {
        if (group.length < 2) continue;
        const lost = losses(group);
        const names = group.map(({ manifest }) => manifest.metadata.name).join(', ');
        yield {
          at: at(group[1]),
          severity: lost ? 'warning' : 'info',
          message: `${group.length} DestinationRules are for ${hostOf(group[0])}: ${names}${lost ? ` (${lost})` : ''}`,
          related: group.filter((_, i) => i !== 1).map(at),
        };
      }
    }
  },
};

function losses(group: readonly FleetObject[]): string {
  const specs = group.map(({ manifest }) => plainAt(manifest, 'spec'));
  const policies = specs.filter(spec => valueAt(spec, 'trafficPolicy') !== undefined).length;
  const names = specs.flatMap(spec =>
    plainsAt(spec, 'subsets').map(subset => stringAt(subset, 'name') ?? ''),
  );
  const twice = [...new Set(names.filter((name, i) => names.indexOf(name) !== i))];
  return [
    ...(policies > 1 ? [`${policies} of them have a traffic policy`] : []),
    ...(twice.length > 0 ? [`subset ${twice.join(', ')} is defined more than once`] : []),
  ].join('; ');
}
