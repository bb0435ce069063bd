import { InputError } from '../fleet/errors';
import { versionOf } from '../fleet/labels';
import { byText, plainsAt, stringAt } from '../fleet/plain';
import { type CallGraph, callGraph } from './call-graph';
import { type ClientZone, clientZones, type IngressClient, ingressClients, zonesOf } from './clients';
import type { Endpoint, Service } from './model';
import { isRouted, meshRoutes, type Route, type RouteTable } from './routes';
import { type Condition, conditionOf, formatFailure, type Scenario } from './scenario';
import { lost, merge, type Outcome, Server, scale } from './serve';
import { type PlaneView, planeOf, proxyAt, type World } from './world';

/** What is asked. */
export interface WhatIfQuery {
  readonly scenarios: readonly Scenario[];
  /** Clients; by default every zone from which a service may be called, and the ingress gateways. */
  readonly from?: readonly ClientZone[];
  /** Services as `namespace/name` or `namespace/name:port`; by default every one that has endpoints. */
  readonly services?: readonly string[];
  /** Namespace of the clients; by default the service's. */
  readonly fromNamespace?: string;
}

/** Where requests end. */
export interface Target {
  readonly version: string;
  readonly cluster: string;
  readonly region: string;
  readonly zone: string;
}

/** The part of a client's requests to a service that ends at a target. */
export interface Share {
  readonly from: ClientZone;
  /** `namespace/name`. */
  readonly service: string;
  readonly to: Target;
  readonly share: number;
}

/** The part of a client's requests to a service that isn't answered. */
export interface Unserved {
  readonly from: ClientZone;
  readonly service: string;
  readonly reason: string;
  readonly share: number;
}

/** What ingress gateways send: as shares, apart from those of the mesh's own clients. */
export interface IngressShare extends Share {
  /** `namespace/name` of the Gateway. */
  readonly gateway: string;
}

/** What ingress gateways can't send. */
export interface IngressUnserved extends Unserved {
  readonly gateway: string;
}

/** A route that some requests take, by what is in them; its requests aren't in the shares. */
export interface ConditionalRoute {
  readonly service: string;
  readonly route: string;
  readonly match: string;
  readonly destinations: readonly string[];
}

/** The answer for one scenario. */
export interface ScenarioResult {
  /** What fails, as `kind=name`; empty for the healthy state. */
  readonly failed: readonly string[];
  readonly mode: Scenario['mode'];
  readonly shares: readonly Share[];
  readonly unserved: readonly Unserved[];
  readonly ingress: {
    readonly shares: readonly IngressShare[];
    readonly unserved: readonly IngressUnserved[];
  };
  /** Per service, the mean over its clients of what leaves their region. */
  readonly crossRegion: readonly { readonly service: string; readonly share: number }[];
}

/** The answer to a what-if. */
export interface WhatIf {
  readonly assumptions: readonly string[];
  /** Routes and mirrors that the shares leave out. */
  readonly conditionalRoutes: readonly ConditionalRoute[];
  readonly mirrors: readonly { readonly service: string; readonly to: string }[];
  readonly scenarios: readonly ScenarioResult[];
}

/** Follows every client's requests to every service through every scenario. */
export function whatIf(world: World, query: WhatIfQuery, assumptions: readonly string[] = []): WhatIf {
  const targets = servicesAsked(world, query.services);
  const endpoints = allEndpoints(world);
  const graph = callGraph(world);
  const ingress = query.from ? [] : ingressClients(world);
  const conditional = new Map<string, ConditionalRoute>();
  const mirrors = new Map<string, { service: string; to: string }>();
  const note = (service: string, table: RouteTable) => {
    for (const route of table.conditional) {
      const entry = describeRoute(service, route);
      conditional.set(JSON.stringify(entry), entry);
    }
    for (const to of table.chosen?.mirrors ?? []) mirrors.set(`${service} ${to}`, { service, to });
  };
  const scenarios = query.scenarios.map((scenario): ScenarioResult => {
    const condition = conditionOf(world.fleet, scenario, endpoints);
    const server = new Server(world, condition);
    const rows = new Rows(world);
    const ingressRows = new Rows(world);
    for (const target of targets) {
      for (const from of placesFor(world, graph, query, target, condition)) {
        const { outcome, table } = fromMesh(world, server, from, target, query.fromNamespace);
        rows.add(from, target.label, outcome);
        note(target.label, table);
      }
      for (const client of ingress) {
        if (condition.isPlaceDown(client.cluster, client.zone)) continue;
        const found = fromIngress(world, server, client, target);
        if (found) ingressRows.add(client, target.label, found, client.gateway);
      }
    }
    return {
      failed: scenario.failures.map(formatFailure),
      mode: scenario.mode,
      shares: rows.shares.map(({ gateway: _, ...share }) => share),
      unserved: rows.unserved.map(({ gateway: _, ...entry }) => entry),
      ingress: { shares: ingressRows.shares, unserved: ingressRows.unserved },
      crossRegion: rows.crossRegion(),
    };
  });
  return {
    assumptions: [...assumptions, ...ASSUMPTIONS],
    conditionalRoutes: sortedValues(conditional),
    mirrors: sortedValues(mirrors),
    scenarios,
  };
}

/** What the numbers stand on, beside how the fleet was expanded. */
const ASSUMPTIONS = [
  'Steady state: every proxy knows the last configuration, and outlier detection has ejected what it can.',
  'A client is one proxy in a zone, with no labels but those of its place; each sends alike.',
  'Who calls a service is read from Sidecars and AuthorizationPolicies, which say the clusters; where they say nothing, every cluster with the Service calls it.',
  'A request is one that no route with conditions on its content takes; retries, timeouts and faults are not counted.',
  'Every control plane watches every cluster of the fleet. One that is down leaves its proxies with what they knew.',
  'Connections to a gateway are spread evenly over its pods, and over the pods behind it by weight.',
  'A gateway that answers a part of its requests is not ejected; of hosts that fail all, the nearest priority is ejected first.',
  'Ambient mode, Envoy’s zone-aware routing and consistent hashing are not modelled.',
];

interface AskedService {
  readonly service: Service;
  readonly port: number;
  /** `namespace/name`. */
  readonly label: string;
}

function fromMesh(
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

/** From an ingress gateway: the first of its routes that leads to the service. */
function fromIngress(
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

function along(
  server: Server,
  proxy: ReturnType<typeof proxyAt>,
  route: Route,
  view: PlaneView,
  port: number,
): Outcome {
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

/** Source: Istio `pkg/config` ISTIO_META_DNS_CAPTURE in the mesh's proxy metadata. */
function capturesDns({ plane }: PlaneView): boolean {
  const value = stringAt(plane.meshConfig, 'defaultConfig', 'proxyMetadata', 'ISTIO_META_DNS_CAPTURE');
  return value === 'true';
}

function placesFor(
  world: World,
  graph: CallGraph,
  query: WhatIfQuery,
  target: AskedService,
  condition: Condition,
): ClientZone[] {
  return (query.from ?? clientZones(world, graph, target.service)).filter(
    place => !condition.isPlaceDown(place.cluster, place.zone),
  );
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

function servicesAsked(world: World, asked: readonly string[] | undefined): AskedService[] {
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
  return sortedValues(targets);
}

/** Whether anything but gateways answers for a service. */
function hasApplication(world: World, view: PlaneView, service: Service): boolean {
  return view.endpointsOf(service.host).some(({ cluster, namespace, workload }) => {
    const pod = world.fleet.find(cluster, 'Pod', namespace, workload);
    const containers = plainsAt(pod?.manifest, 'spec', 'containers');
    return containers.length === 0 || containers.some(container => container.name !== 'istio-proxy');
  });
}

function allEndpoints(world: World): Endpoint[] {
  const all = new Map<string, Endpoint>();
  for (const view of world.planes.values()) {
    for (const host of view.services.keys()) {
      for (const endpoint of view.endpointsOf(host)) {
        all.set(`${endpoint.cluster} ${endpoint.address}:${endpoint.port} ${host}`, endpoint);
      }
    }
  }
  return [...all.values()];
}

function labelOf(service: Service): string {
  return `${service.namespace}/${service.name}`;
}

function nameOf({ object }: Route): string {
  const { kind, metadata } = object.manifest;
  return `${kind} ${metadata.namespace ?? 'default'}/${metadata.name} of ${object.cluster}`;
}

function describeRoute(service: string, route: Route): ConditionalRoute {
  const destinations = route.destinations.map(
    ({ host, subset, share }) => `${host}${subset ? ` subset ${subset}` : ''} ${Math.round(share * 100)} %`,
  );
  return { service, route: nameOf(route), match: route.match, destinations };
}

function sortedValues<V>(map: ReadonlyMap<string, V>): V[] {
  return [...map.keys()].sort(byText).map(key => map.get(key)!);
}

/** Collects outcomes as rows, by target and by reason. */
class Rows {
  readonly shares: IngressShare[] = [];
  readonly unserved: IngressUnserved[] = [];
  private readonly leaving = new Map<string, { sum: number; clients: number }>();

  constructor(private readonly world: World) {}

  add({ cluster, zone }: ClientZone, service: string, outcome: Outcome, gateway = ''): void {
    const from = { cluster, zone };
    const region = this.world.fleet.cluster(cluster).region;
    const byTarget = new Map<string, { to: Target; share: number }>();
    const leaving = this.leaving.get(service) ?? { sum: 0, clients: 0 };
    for (const { endpoint, share } of outcome.served) {
      const to = targetOf(endpoint);
      if (to.region !== region) leaving.sum += share;
      const key = [to.cluster, to.region, to.zone, to.version].join(' ');
      const known = byTarget.get(key);
      if (known) known.share += share;
      else byTarget.set(key, { to, share });
    }
    leaving.clients += 1;
    this.leaving.set(service, leaving);
    for (const { to, share } of sortedValues(byTarget)) {
      this.shares.push({ from, service, to, share: rounded(share), gateway });
    }
    for (const { reason, share } of [...outcome.unserved].sort((a, b) => byText(a.reason, b.reason))) {
      this.unserved.push({ from, service, reason, share: rounded(share), gateway });
    }
  }

  crossRegion(): { service: string; share: number }[] {
    return [...this.leaving].map(([service, { sum, clients }]) => ({
      service,
      share: rounded(sum / clients),
    }));
  }
}

function targetOf(endpoint: Endpoint): Target {
  return {
    version: versionOf(endpoint.labels),
    cluster: endpoint.cluster,
    region: endpoint.locality.region,
    zone: endpoint.locality.zone,
  };
}

/** To twelve digits, so that sums of parts show as what they are. */
function rounded(share: number): number {
  return Math.round(share * 1e12) / 1e12;
}
