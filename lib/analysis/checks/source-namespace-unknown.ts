import { plainAt, plainsAt, stringsAt } from '../../fleet/plain';
import { KIND } from '../kinds';
import { at, type Check } from '../types';
import type { FleetView } from '../view';

/** Whether the namespaces that an AuthorizationPolicy names exist. */
export const sourceNamespaceUnknown: Check = {
  code: 'ISM0702',
  name: 'source-namespace-unknown',
  severity: 'error',
  istio: ['IST0101'],
  kiali: ['KIA0101'],
  summary: 'The namespaces in an AuthorizationPolicy’s sources exist in some cluster.',
  why: 'The rule never matches: an ALLOW rule lets nobody in, a DENY rule keeps nobody out.',
  fix: 'Correct the name, or declare the namespace.',
  *run(view) {
    for (const { object, spec } of view.configs(KIND.authorizationPolicy)) {
      const sources = plainsAt(spec, 'rules').flatMap(rule =>
        plainsAt(rule, 'from').map(from => plainAt(from, 'source')),
      );
      const named = sources.flatMap(source => [
        ...stringsAt(source, 'namespaces'),
        ...stringsAt(source, 'notNamespaces'),
      ]);
      for (const name of new Set(named)) {
        if (!exists(view, name))
          yield { at: at(object), message: `names the namespace "${name}", which no cluster has` };
      }
    }
  },
};

/** A name, or a pattern with `*` in front or at the end. Source: Istio, field `namespaces` of Source. */
function exists(view: FleetView, pattern: string): boolean {
  if (!pattern.includes('*')) return view.hasNamespace(pattern);
  for (const name of view.namespaceNames()) {
    if (pattern.startsWith('*') ? name.endsWith(pattern.slice(1)) : name.startsWith(pattern.slice(0, -1)))
      return true;
  }
  return false;
}
