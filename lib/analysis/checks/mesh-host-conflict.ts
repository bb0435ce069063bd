import { resolveShortName } from '../../fleet/hosts';
import { stringsAt } from '../../fleet/plain';
import type { FleetObject } from '../../fleet/types';
import { KIND } from '../kinds';
import { gatewaysOf } from '../routes';
import { at, type Check } from '../types';
import { groupBy } from '../view';

interface MeshHost {
  readonly host: string;
  readonly object: FleetObject;
  readonly namespaces: readonly string[];
}

/** Whether a host has one VirtualService for the sidecars. */
export const meshHostConflict: Check = {
  code: 'ISM0505',
  name: 'mesh-host-conflict',
  severity: 'error',
  istio: ['IST0109'],
  kiali: ['KIA1106'],
  summary: 'Among VirtualServices for the mesh that a namespace can see, a host has one.',
  why: 'Sidecars use one of them, the oldest, and know nothing of the other’s routes.',
  fix: 'Merge them into one VirtualService, or limit each by exportTo to namespaces of its own.',
  *run(view) {
    for (const plane of view.planes) {
      const hosts = view.config(plane, KIND.virtualService).flatMap((object): MeshHost[] => {
        const { spec, metadata } = object.manifest;
        if (!gatewaysOf(spec as Record<string, unknown>).includes('mesh')) return [];
        const own = metadata.namespace ?? 'default';
        const exported = stringsAt(spec, 'exportTo').map(target => (target === '.' ? own : target));
        const namespaces = exported.length > 0 ? exported : ['*'];
        return stringsAt(spec, 'hosts').map(host => ({
          host: resolveShortName(host, own, plane.domain),
          object,
          namespaces,
        }));
      });
      for (const [host, group] of groupBy(hosts, entry => entry.host)) {
        for (const entry of group) {
          const others = group.filter(
            other => other.object !== entry.object && share(entry.namespaces, other.namespaces),
          );
          if (others.length === 0) continue;
          const names = others.map(
            ({ object }) =>
              `${object.manifest.metadata.namespace ?? 'default'}/${object.manifest.metadata.name}`,
          );
          yield {
            at: at(entry.object),
            message: `is for ${host} in the mesh, as ${names.join(', ')} is`,
            related: others.map(({ object }) => at(object)),
          };
        }
      }
    }
  },
};

function share(a: readonly string[], b: readonly string[]): boolean {
  return a.includes('*') || b.includes('*') || a.some(namespace => b.includes(namespace));
}
