import type { AskedService } from './asked';
import type { ClientZone, IngressClient } from './clients';
import { capturesDns } from './headless';
import type { ClientProxy } from './model';
import { lost, merge, type Outcome, scale } from './outcome';
import { isRouted, meshRoutes, type Route, type RouteTable } from './routes';
import type { Server } from './serve';
import { type PlaneView, planeOf, proxyAt, type World } from './world';

/** Where a workload's requests to a service end, by the routes it has. */
export function fromMesh(
  world: World,
  server: Server,
  from: ClientZone,
  { service, port }: AskedService,
  namespace = service.namespace,
): { outcome: Outcome; table: RouteTable } {
  const view = planeOf(world, from.cluster);
  const none: RouteTable = { conditional: [] };
  if (service.clusters.length > 0 && !service.clusters.includes(from.cluster) && !capturesDns(view)) {
    return {
      outcome: lost(`${service.host} doesn't resolve in ${from.cluster}: it has no such Service`),
      table: none,
    };
  }
  const proxy = proxyAt(world, { ...from, namespace });
  if (!isRouted(world.fleet, view, namespace, service)) {
    return { outcome: server.serve(proxy, { host: service.host, port, subset: '' }), table: none };
  }
  const table = meshRoutes(world.fleet, view, proxy, service, port);
  if (!table.chosen)
    return { outcome: lost(`no route for ${service.host} takes an ordinary request`), table };
  return { outcome: along(server, proxy, table.chosen, view, port), table };
}

/** From an ingress gateway: the first of its routes that leads to the service; undefined when none does. */
export function fromIngress(
  world: World,
  server: Server,
  client: IngressClient,
  target: AskedService,
): Outcome | undefined {
  const route = client.routes.find(
    candidate =>
      candidate.verdict !== 'never' &&
      candidate.destinations.some(destination => destination.host === target.service.host),
  );
  return route && along(server, client.proxy, route, planeOf(world, client.cluster), target.port);
}

function along(server: Server, proxy: ClientProxy, route: Route, view: PlaneView, port: number): Outcome {
  if (route.instead) return lost(`the route in ${nameOf(route)} answers itself (${route.instead})`);
  if (route.destinations.length === 0)
    return lost(`the route in ${nameOf(route)} has no destination with a weight`);
  return merge(
    route.destinations.map(destination => {
      const ports = view.services.get(destination.host)?.[0]?.ports ?? [];
      const chosen = destination.port ?? (ports.length === 1 ? ports[0].number : port);
      const request = { host: destination.host, port: chosen, subset: destination.subset };
      return scale(server.serve(proxy, request), destination.share);
    }),
  );
}

/** The object that a route is in, for people. */
export function nameOf({ object }: Route): string {
  const { kind, metadata } = object.manifest;
  return `${kind} ${metadata.namespace ?? 'default'}/${metadata.name} of ${object.cluster}`;
}
