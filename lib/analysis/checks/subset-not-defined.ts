import type { ControlPlane } from '../../fleet/control-plane';
import { namespaceOf } from '../../fleet/fleet';
import { hostMatches, isWildcard, resolveShortName } from '../../fleet/hosts';
import { plainsAt, stringAt } from '../../fleet/plain';
import { KIND } from '../kinds';
import { destinationsOf } from '../routes';
import { at, type Check } from '../types';
import type { FleetView } from '../view';

/** Whether the subsets that a VirtualService routes to are defined where its istiod reads. */
export const subsetNotDefined: Check = {
  code: 'ISM0502',
  name: 'subset-not-defined',
  severity: 'error',
  istio: ['IST0101'],
  kiali: ['KIA1107'],
  summary:
    'Each subset that a VirtualService routes to is defined by a DestinationRule of the same config cluster.',
  why: 'Requests that match the rule are answered with 503: the client’s proxy has no such cluster.',
  fix: 'Define the subset in the DestinationRule for the host, or correct its name.',
  *run(view) {
    for (const plane of view.planes) {
      const { exact, wildcards } = subsetsByHost(view, plane);
      for (const object of view.config(plane, KIND.virtualService)) {
        const { manifest } = object;
        const reported = new Set<string>();
        for (const { path, host, subset } of destinationsOf(manifest.spec as Record<string, unknown>)) {
          if (subset === undefined || reported.has(`${host} ${subset}`)) continue;
          reported.add(`${host} ${subset}`);
          const name = resolveShortName(host, namespaceOf(manifest), plane.domain);
          const known = exact.get(name) ?? new Set<string>();
          if (
            known.has(subset) ||
            wildcards.some(rule => rule.subsets.has(subset) && hostMatches(rule.host, name))
          )
            continue;
          const has = known.size > 0 ? `; it has ${[...known].join(', ')}` : '';
          yield {
            at: at(object),
            message: `${path} sends to subset "${subset}" of ${host}, which no DestinationRule in ${plane.cluster} defines${has}`,
          };
        }
      }
    }
  },
};

interface SubsetIndex {
  readonly exact: ReadonlyMap<string, ReadonlySet<string>>;
  readonly wildcards: readonly { host: string; subsets: ReadonlySet<string> }[];
}

function subsetsByHost(view: FleetView, plane: ControlPlane): SubsetIndex {
  const exact = new Map<string, Set<string>>();
  const wildcards: { host: string; subsets: Set<string> }[] = [];
  for (const { manifest } of view.config(plane, KIND.destinationRule)) {
    const host = resolveShortName(
      stringAt(manifest, 'spec', 'host') ?? '',
      namespaceOf(manifest),
      plane.domain,
    );
    const names = plainsAt(manifest, 'spec', 'subsets').map(subset => stringAt(subset, 'name') ?? '');
    if (isWildcard(host)) wildcards.push({ host, subsets: new Set(names) });
    else exact.set(host, new Set([...(exact.get(host) ?? []), ...names]));
  }
  return { exact, wildcards };
}
