import { plainsAt, stringAt, stringsAt } from '../../fleet/plain';
import type { FleetObject } from '../../fleet/types';
import { KIND } from '../kinds';
import { at, type Check } from '../types';
import { groupBy } from '../view';

/** Whether ServiceEntries agree on the protocol of a host's port. */
export const serviceEntryProtocols: Check = {
  code: 'ISM0521',
  name: 'service-entry-protocols',
  severity: 'warning',
  istio: ['IST0177'],
  summary: 'ServiceEntries for one host and port, seen by the same namespaces, give it one protocol.',
  why: 'Which of them counts is left open: requests may be read as the wrong protocol and fail.',
  fix: 'Use one protocol, or limit the entries by exportTo to different namespaces.',
  *run(view) {
    for (const plane of view.planes) {
      const ports = view.config(plane, KIND.serviceEntry).flatMap(object => {
        const own = object.manifest.metadata.namespace ?? 'default';
        const exported = stringsAt(object.manifest, 'spec', 'exportTo').map(target =>
          target === '.' ? own : target,
        );
        const namespaces = exported.length > 0 ? exported : ['*'];
        return stringsAt(object.manifest, 'spec', 'hosts').flatMap(host =>
          plainsAt(object.manifest, 'spec', 'ports').map(port => ({
            object,
            namespaces,
            key: `${host}:${String(port.number)}`,
            protocol: (stringAt(port, 'protocol') ?? '').toUpperCase(),
          })),
        );
      });
      for (const [key, group] of groupBy(ports, port => port.key)) {
        const reported = new Set<FleetObject>();
        for (const port of group) {
          const other = group.find(
            candidate =>
              candidate.protocol !== port.protocol &&
              (candidate.namespaces.includes('*') ||
                port.namespaces.includes('*') ||
                candidate.namespaces.some(name => port.namespaces.includes(name))),
          );
          if (!other || reported.has(port.object)) continue;
          reported.add(port.object);
          yield {
            at: at(port.object),
            message: `says ${key} is ${port.protocol || 'TCP'}, but ${other.object.manifest.metadata.name} says ${other.protocol || 'TCP'}`,
            related: [at(other.object)],
          };
        }
      }
    }
  },
};
