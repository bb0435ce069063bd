import { namespaceOf } from '../../fleet/fleet';
import { labelsAt, numberAt, plainsAt, stringAt, stringsAt } from '../../fleet/plain';
import type { FleetObject } from '../../fleet/types';
import { KIND } from '../kinds';
import { at, type Check } from '../types';
import { groupBy } from '../view';

interface ServerHost {
  readonly object: FleetObject;
  readonly key: string;
  readonly text: string;
  readonly selector: string;
}

/** Whether two Gateways leave a port and host of one proxy to each other. */
export const gatewaysConflict: Check = {
  code: 'ISM0515',
  name: 'gateways-conflict',
  severity: 'error',
  istio: ['IST0145'],
  kiali: ['KIA0301'],
  summary: 'Gateways for the same pods don’t serve the same host on the same port.',
  why: 'The older one wins; the other’s TLS settings and routes for the host are ignored.',
  fix: 'Keep the host in one of them, or select different pods.',
  *run(view) {
    for (const plane of view.planes) {
      const hosts = view.config(plane, KIND.gateway).flatMap(object => serverHosts(object));
      const podsOf = (object: FleetObject) =>
        new Set(
          view
            .podsWith(labelsAt(object.manifest, 'spec', 'selector'))
            .filter(pod => view.planeOf(pod.cluster) === plane),
        );
      for (const group of groupBy(hosts, host => host.key).values()) {
        for (const entry of group) {
          const others = group.filter(
            other =>
              other.object !== entry.object &&
              (other.selector === entry.selector || intersect(podsOf(other.object), podsOf(entry.object))),
          );
          if (others.length === 0) continue;
          const names = others.map(
            ({ object }) => `${namespaceOf(object.manifest)}/${object.manifest.metadata.name}`,
          );
          yield {
            at: at(entry.object),
            message: `serves ${entry.text} on pods for which ${names.join(', ')} does too`,
            related: others.map(({ object }) => at(object)),
          };
        }
      }
    }
  },
};

function serverHosts(object: FleetObject): ServerHost[] {
  const selector = JSON.stringify(Object.entries(labelsAt(object.manifest, 'spec', 'selector')).sort());
  return plainsAt(object.manifest, 'spec', 'servers').flatMap(server => {
    const port = numberAt(server, 'port', 'number') ?? 0;
    const bind = stringAt(server, 'bind') ?? '';
    return stringsAt(server, 'hosts').map(host => ({
      object,
      selector,
      key: `${port} ${bind} ${host}`,
      text: `${host}:${port}`,
    }));
  });
}

function intersect<T>(a: ReadonlySet<T>, b: ReadonlySet<T>): boolean {
  for (const item of a) if (b.has(item)) return true;
  return false;
}
