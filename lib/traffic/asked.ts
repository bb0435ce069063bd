import { InputError } from '../fleet/errors';
import { byText, plainsAt } from '../fleet/plain';
import { type ClientZone, zonesOf } from './clients';
import type { Service } from './model';
import type { PlaneView, World } from './world';

/** A service that is asked for, with its port. */
export interface AskedService {
  readonly service: Service;
  readonly port: number;
  /** `namespace/name`. */
  readonly label: string;
}

/** `CLUSTER` or `CLUSTER/ZONE` as places. @throws InputError for a cluster or zone that isn't there. */
export function parseFrom(world: World, text: string): ClientZone[] {
  const [name, zone] = text.split('/');
  const cluster = world.fleet.cluster(name);
  if (zone === undefined) return zonesOf(world, name);
  if (cluster.zones.length > 0 && !cluster.zones.includes(zone)) {
    throw new InputError(`cluster "${name}" has no zone "${zone}"`, `It has: ${cluster.zones.join(', ')}.`);
  }
  return [{ cluster: name, zone }];
}

/** `namespace/name[:port]` as a service of any control plane. @throws InputError when there is none. */
export function findTarget(world: World, text: string): AskedService {
  const match = /^([^/:]+)\/([^/:]+)(?::(\d+))?$/.exec(text);
  if (!match)
    throw new InputError(`"${text}" is not a service`, 'Write NAMESPACE/NAME or NAMESPACE/NAME:PORT.');
  const [, namespace, name, port] = match;
  const known = new Set<string>();
  for (const view of world.planes.values()) {
    for (const services of view.services.values()) {
      for (const service of services) {
        known.add(labelOf(service));
        if (service.namespace !== namespace || service.name !== name) continue;
        const wanted = port === undefined ? service.ports[0]?.number : Number(port);
        if (wanted === undefined || !service.ports.some(candidate => candidate.number === wanted)) {
          const ports = service.ports.map(candidate => candidate.number).join(', ');
          throw new InputError(
            `service ${namespace}/${name} has no port ${port}`,
            `It has: ${ports || 'none'}.`,
          );
        }
        return { service, port: wanted, label: labelOf(service) };
      }
    }
  }
  throw new InputError(
    `no control plane knows a service "${namespace}/${name}"`,
    `Known are: ${[...known].sort(byText).slice(0, 20).join(', ')}.`,
  );
}

/** The services that were asked for, by default every one that an application answers. */
export function servicesAsked(world: World, asked: readonly string[] | undefined): AskedService[] {
  if (asked) return asked.map(text => findTarget(world, text));
  const targets = new Map<string, AskedService>();
  for (const view of world.planes.values()) {
    for (const services of view.services.values()) {
      for (const service of services) {
        const [port] = service.ports;
        if (!port || targets.has(service.host) || service.namespace === view.plane.rootNamespace) continue;
        if (service.namespace === 'kube-system' || !hasApplication(world, view, service)) continue;
        targets.set(service.host, { service, port: port.number, label: labelOf(service) });
      }
    }
  }
  return sortedByHost(targets);
}

/** Whether anything but gateways answers for a service. */
function hasApplication(world: World, view: PlaneView, service: Service): boolean {
  return view.endpointsOf(service.host).some(({ cluster, namespace, workload }) => {
    const pod = world.fleet.find(cluster, 'Pod', namespace, workload);
    const containers = plainsAt(pod?.manifest, 'spec', 'containers');
    return containers.length === 0 || containers.some(container => container.name !== 'istio-proxy');
  });
}

function labelOf(service: Service): string {
  return `${service.namespace}/${service.name}`;
}

function sortedByHost(targets: ReadonlyMap<string, AskedService>): AskedService[] {
  return [...targets.keys()].sort(byText).map(host => targets.get(host)!);
}
