import { meshExportTo } from '../fleet/control-plane';
import { byAge } from '../fleet/destination-rules';
import { type Fleet, namespaceOf } from '../fleet/fleet';
import { hostMatches, isWildcard, resolveShortName, serviceHost } from '../fleet/hosts';
import { numberAt, type Plain, plainAt, plainsAt, stringAt, stringsAt, valueAt } from '../fleet/plain';
import type { FleetObject } from '../fleet/types';
import { isExportedTo } from '../fleet/visibility';
import type { ClientProxy, Service } from './model';
import { describeMatch, httpRouteVerdict, type Verdict, virtualServiceVerdict } from './route-match';
import type { PlaneView } from './world';

/** Where a route sends a part of its requests. */
export interface Destination {
  readonly host: string;
  /** Empty for none. */
  readonly subset: string;
  /** Number of the service's port; undefined for the port that was asked for. */
  readonly port?: number;
  /** Part of the route's requests; all together 1. */
  readonly share: number;
}

/** A route as it is written. */
export interface Route {
  /** The object it is in. */
  readonly object: FleetObject;
  /** Its matches in words; empty for none. */
  readonly match: string;
  readonly verdict: Verdict;
  readonly destinations: readonly Destination[];
  /** Hosts that get a copy of the requests. */
  readonly mirrors: readonly string[];
  /** What the route does instead of sending requests on; undefined for most. */
  readonly instead?: string;
}

/** The routes of a client to a service. */
export interface RouteTable {
  /** The route that an ordinary request takes; undefined where none matches one. */
  readonly chosen?: Route;
  /** Routes before it that some requests take, depending on what is in them. */
  readonly conditional: readonly Route[];
}

/**
 * The routes from a workload in the mesh to a service: those of the VirtualService for its host in the client's
 * config cluster, else of HTTPRoutes attached to the Service, else straight to the service.
 *
 * Source: Istio `pilot/pkg/model/push_context.go` initVirtualServices, SelectVirtualServices;
 * `pilot/pkg/networking/core/route/route.go`.
 */
export function meshRoutes(
  fleet: Fleet,
  view: PlaneView,
  proxy: ClientProxy,
  service: Service,
  port: number,
): RouteTable {
  const virtualService = meshVirtualService(fleet, view, proxy.namespace, service.host);
  if (virtualService) return tableOf(virtualServiceRoutes(view, virtualService, proxy, port, ['mesh'], port));
  const attached = fleet
    .ofKind('HTTPRoute.gateway.networking.k8s.io', view.plane.cluster)
    .filter(route => isAttachedTo(view, route, service))
    .sort(byAge);
  if (attached.length > 0) return tableOf(attached.flatMap(route => httpRouteRoutes(view, route)));
  return { chosen: undefined, conditional: [] };
}

/** Whether anything routes the host for the client: if not, requests go straight to the service. */
export function isRouted(fleet: Fleet, view: PlaneView, namespace: string, service: Service): boolean {
  return (
    meshVirtualService(fleet, view, namespace, service.host) !== undefined ||
    fleet
      .ofKind('HTTPRoute.gateway.networking.k8s.io', view.plane.cluster)
      .some(route => isAttachedTo(view, route, service))
  );
}

/** Splits routes at the first that every request takes. */
export function tableOf(routes: readonly Route[]): RouteTable {
  const possible = routes.filter(route => route.verdict !== 'never');
  const first = possible.findIndex(route => route.verdict === 'always');
  if (first < 0) return { chosen: undefined, conditional: possible };
  return { chosen: possible[first], conditional: possible.slice(0, first) };
}

/** The routes in a VirtualService. @param defaultPort the port that `match.port` is compared with. */
export function virtualServiceRoutes(
  view: PlaneView,
  object: FleetObject,
  proxy: ClientProxy,
  port: number | undefined,
  gateways: readonly string[],
  defaultPort: number | undefined = port,
): Route[] {
  const spec = plainAt(object.manifest, 'spec');
  const namespace = namespaceOf(object.manifest);
  const kinds = ['http', 'tls', 'tcp'];
  return kinds.flatMap(kind =>
    plainsAt(spec, kind).map((route): Route => {
      const sent = plainsAt(route, 'route');
      const instead = ['redirect', 'directResponse', 'delegate'].find(
        field => valueAt(route, field) !== undefined,
      );
      const mirrors = [
        ...plainsAt(route, 'mirrors').map(mirror => plainAt(mirror, 'destination')),
        plainAt(route, 'mirror'),
      ];
      return {
        object,
        match: plainsAt(route, 'match').map(describeMatch).join(' or '),
        verdict: virtualServiceVerdict(route, proxy, defaultPort, gateways),
        destinations: weighted(
          sent.map(entry => ({
            ...readDestination(view, plainAt(entry, 'destination'), namespace),
            weight: numberAt(entry, 'weight'),
          })),
        ),
        mirrors: mirrors
          .map(mirror => stringAt(mirror, 'host'))
          .filter(host => host !== undefined)
          .map(host => resolveShortName(host, namespace, view.plane.domain)),
        ...(instead ? { instead } : {}),
      };
    }),
  );
}

/** The routes in an HTTPRoute of the Gateway API. */
export function httpRouteRoutes(view: PlaneView, object: FleetObject): Route[] {
  const namespace = namespaceOf(object.manifest);
  return plainsAt(object.manifest, 'spec', 'rules').map(rule => ({
    object,
    match: plainsAt(rule, 'matches').map(describeMatch).join(' or '),
    verdict: httpRouteVerdict(rule),
    destinations: weighted(
      plainsAt(rule, 'backendRefs').map(ref => ({
        host: backendHost(view, ref, namespace),
        subset: '',
        port: numberAt(ref, 'port'),
        weight: numberAt(ref, 'weight') ?? 1,
      })),
    ),
    mirrors: plainsAt(rule, 'filters')
      .filter(filter => filter.type === 'RequestMirror')
      .map(filter => backendHost(view, plainAt(filter, 'requestMirror', 'backendRef'), namespace)),
  }));
}

function backendHost(view: PlaneView, ref: Plain, namespace: string): string {
  const name = stringAt(ref, 'name') ?? '';
  if (stringAt(ref, 'kind') === 'Hostname') return name;
  return serviceHost(name, stringAt(ref, 'namespace') ?? namespace, view.plane.domain);
}

/** The VirtualService that a workload in a namespace uses for a host. */
function meshVirtualService(
  fleet: Fleet,
  view: PlaneView,
  namespace: string,
  host: string,
): FleetObject | undefined {
  const byReach: [own: FleetObject[], all: FleetObject[]] = [[], []];
  const defaults = meshExportTo(view.plane, 'defaultVirtualServiceExportTo');
  for (const object of [...fleet.ofKind('VirtualService.networking.istio.io', view.plane.cluster)].sort(
    byAge,
  )) {
    const spec = plainAt(object.manifest, 'spec');
    const gateways = stringsAt(spec, 'gateways');
    if (gateways.length > 0 && !gateways.includes('mesh')) continue;
    const exportTo = stringsAt(spec, 'exportTo');
    const owner = namespaceOf(object.manifest);
    if (!isExportedTo(exportTo, owner, namespace, defaults)) continue;
    const isPrivate = exportTo.length > 0 && !exportTo.includes('*');
    byReach[isPrivate ? 0 : 1].push(object);
  }
  const candidates = byReach.flat();
  const hostsIn = (object: FleetObject) =>
    stringsAt(object.manifest, 'spec', 'hosts').map(name =>
      resolveShortName(name, namespaceOf(object.manifest), view.plane.domain),
    );
  const exact = candidates.find(object => hostsIn(object).includes(host));
  if (exact) return exact;
  let best: { object: FleetObject; length: number } | undefined;
  for (const object of candidates) {
    for (const pattern of hostsIn(object)) {
      if (!isWildcard(pattern) || !hostMatches(pattern, host)) continue;
      if (!best || pattern.length > best.length) best = { object, length: pattern.length };
    }
  }
  return best?.object;
}

/** Whether an HTTPRoute has the Service as its parent. */
function isAttachedTo(view: PlaneView, route: FleetObject, service: Service): boolean {
  return plainsAt(route.manifest, 'spec', 'parentRefs').some(parent => {
    if (stringAt(parent, 'kind') !== 'Service') return false;
    const namespace = stringAt(parent, 'namespace') ?? namespaceOf(route.manifest);
    return serviceHost(stringAt(parent, 'name') ?? '', namespace, view.plane.domain) === service.host;
  });
}

function readDestination(view: PlaneView, source: Plain, namespace: string): Omit<Destination, 'share'> {
  return {
    host: resolveShortName(stringAt(source, 'host') ?? '', namespace, view.plane.domain),
    subset: stringAt(source, 'subset') ?? '',
    port: numberAt(source, 'port', 'number'),
  };
}

/** A single destination gets everything, whatever its weight; of several, each its part of the sum. */
function weighted(entries: readonly (Omit<Destination, 'share'> & { weight?: number })[]): Destination[] {
  if (entries.length === 1) return [{ ...without(entries[0]), share: 1 }];
  const total = entries.reduce((sum, entry) => sum + (entry.weight ?? 0), 0);
  return entries
    .filter(entry => (entry.weight ?? 0) > 0)
    .map(entry => ({ ...without(entry), share: (entry.weight ?? 0) / total }));
}

function without({ host, subset, port }: Omit<Destination, 'share'>): Omit<Destination, 'share'> {
  return { host, subset, port };
}
