import { namespaceOf } from '../../fleet/fleet';
import { isPlain } from '../../fleet/plain';
import { CONFIG_KINDS, KIND } from '../kinds';
import { at, type Check } from '../types';
import { groupBy } from '../view';

const SECURITY: readonly string[] = [
  KIND.authorizationPolicy,
  KIND.peerAuthentication,
  KIND.requestAuthentication,
];

/** Whether primaries agree on an object of the same name. */
export const configDiffers: Check = {
  code: 'ISM0105',
  name: 'config-differs',
  severity: 'info',
  summary: 'Objects of one kind and name say the same in every config cluster.',
  why: 'The same request is treated differently depending on which cluster its client runs in.',
  fix: 'Make them equal, or give them different names if the difference is meant.',
  *run(view) {
    if (view.planes.length < 2) return;
    for (const kind of CONFIG_KINDS) {
      const objects = view.planes.flatMap(plane => view.config(plane, kind));
      const groups = groupBy(objects, ({ manifest }) => `${namespaceOf(manifest)}/${manifest.metadata.name}`);
      for (const group of groups.values()) {
        if (group.length < 2) continue;
        const bySpec = [...groupBy(group, ({ manifest }) => canonical(manifest.spec)).values()];
        if (bySpec.length < 2) continue;
        const clusters = bySpec.map(same => same.map(object => object.cluster).join(', ')).join(' / ');
        yield {
          at: at(bySpec[1][0]),
          severity: SECURITY.includes(kind) ? 'warning' : 'info',
          message: `says different things in different config clusters (${clusters})`,
          related: [at(bySpec[0][0])],
        };
      }
    }
  },
};

/** A text that is the same for the same value, whatever the order of keys. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    isPlain(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
  );
}
