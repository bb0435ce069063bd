import type { AskedService } from './asked';
import type { ClientZone, IngressClient } from './clients';
import { capturesDns } from './headless';
import type { ClientProxy } from './model';
import { lost, merge, type Outcome, scale } from './outcome';
import { isRouted, meshRoutes, type Route, type RouteTable } from './routes';
import type { Request, Server } from './serve';
import { type PlaneView, planeOf, proxyAt, type World } from './world';

/** The ways that a client's requests to a service take, whatever fails. */
export interface Way {
  /** Parts of the requests, by what is asked for; all together 1 where nothing is lost. */
  readonly parts: readonly { readonly request: Request; readonly share: number }[];
  /** Why all requests are lost before any is sent. */
  readonly lost?: string;
  readonly proxy: ClientProxy;
  readonly table: RouteTable;
}

/** The ways from a workload to a service, by the routes it has. */
export function wayFrom(
  world: World,
  from: ClientZone,
  { service, port }: AskedService,
  namespace = service.namespace,
): Way {
  const view = planeOf(world, from.cluster);
  const proxy = proxyAt(world, { ...from, namespace });
  const table: RouteTable = { conditional: [] };
  if (service.clusters.length > 0 && !service.clusters.includes(from.cluster) && !capturesDns(view)) {
    const reason = `${service.host} doesn't resolve in ${from.cluster}: it has no such Service`;
    return { proxy, table, parts: [], lost: reason };
  }
  if (!isRouted(world.fleet, view, namespace, service)) {
    return { proxy, table, parts: [{ request: { host: service.host, port, subset: '' }, share: 1 }] };
  }
  const routes = meshRoutes(world.fleet, view, proxy, service, port);
  if (routes.chosen) return { ...along(proxy, routes.chosen, view, port), table: routes };
  return {
    proxy,
    table: routes,
    parts: [],
    lost: `no route for ${service.host} takes an ordinary request`,
  };
}

/** Where the requests of a client end. */
export function follow(server: Server, way: Way): Outcome {
  if (way.lost !== undefined) return lost(way.lost);
  return merge(way.parts.map(({ request, share }) => scale(server.serve(way.proxy, request), share)));
}

/** From an ingress gateway: the first of its routes that leads to the service; undefined when none does. */
export function wayFromIngress(world: World, client: IngressClient, target: AskedService): Way | undefined {
  const route = client.routes.find(
    candidate =>
      candidate.verdict !== 'never' &&
      candidate.destinations.some(destination => destination.host === target.service.host),
  );
  return route && along(client.proxy, route, planeOf(world, client.cluster), target.port);
}

function along(proxy: ClientProxy, route: Route, view: PlaneView, port: number): Way {
  const none = { proxy, table: { conditional: [] }, parts: [] };
  if (route.instead)
    return { ...none, lost: `the route in ${nameOf(route)} answers itself (${route.instead})` };
  if (route.destinations.length === 0)
    return { ...none, lost: `the route in ${nameOf(route)} has no destination with a weight` };
  const parts = route.destinations.map(destination => {
    const ports = view.services.get(destination.host)?.[0]?.ports ?? [];
    const chosen = destination.port ?? (ports.length === 1 ? ports[0].number : port);
    return {
      request: { host: destination.host, port: chosen, subset: destination.subset },
      share: destination.share,
    };
  });
  return { ...none, parts };
}

/** The object that a route is in, for people. */
export function nameOf({ object }: Route): string {
  const { kind, metadata } = object.manifest;
  return `${kind} ${metadata.namespace ?? 'default'}/${metadata.name} of ${object.cluster}`;
}
