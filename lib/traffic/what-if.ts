import { type AskedService, servicesAsked } from './asked';
import { type CallGraph, callGraph } from './call-graph';
import { type ClientZone, clientZones, ingressClients } from './clients';
import { type Flow, followCalls } from './flows';
import type { Endpoint } from './model';
import { scale } from './outcome';
import { fromIngress, fromMesh, nameOf } from './paths';
import type { Route, RouteTable } from './routes';
import {
  type OfGateway,
  Rows,
  rounded,
  type Share,
  sortedValues,
  type Target,
  targetOf,
  type Unserved,
} from './rows';
import { type Condition, conditionOf, formatFailure, type Scenario } from './scenario';
import { Server } from './serve';
import type { World } from './world';

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

/** What ingress gateways send: apart from the shares of the mesh's own clients. */
export interface IngressResult {
  readonly shares: readonly (Share & OfGateway)[];
  readonly unserved: readonly (Unserved & OfGateway)[];
}

/** What arrives at services behind services, in requests per request at the ingress gateways. */
export interface FlowResult {
  readonly served: readonly { readonly service: string; readonly to: Target; readonly requests: number }[];
  readonly unserved: readonly {
    readonly service: string;
    readonly reason: string;
    readonly requests: number;
  }[];
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
  readonly ingress: IngressResult;
  /** Along the call graph; empty where no ingress gateway leads into it. */
  readonly flows: FlowResult;
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
  const healthy = new Server(world, conditionOf(world.fleet, HEALTHY, endpoints));
  const scenarios = query.scenarios.map((scenario): ScenarioResult => {
    const condition = conditionOf(world.fleet, scenario, endpoints);
    const server = new Server(world, condition, healthy);
    const rows = new Rows(world);
    const ingressRows = new Rows(world);
    for (const target of targets) {
      for (const from of placesFor(world, graph, query, target, condition)) {
        const { outcome, table } = fromMesh(world, server, from, target, query.fromNamespace);
        rows.add(from, target.label, outcome);
        note(target.label, table);
      }
    }
    const entry: Flow<AskedService>[] = [];
    const alive = ingress.filter(client => !condition.isPlaceDown(client.cluster, client.zone));
    for (const target of targets) {
      const found = alive.flatMap(client => {
        const outcome = fromIngress(world, server, client, target);
        return outcome ? [{ client, outcome }] : [];
      });
      for (const { client, outcome } of found) {
        ingressRows.add(client, target.label, outcome, client.gateway);
        entry.push({ target, outcome: scale(outcome, 1 / found.length) });
      }
    }
    const flows = followCalls(
      world,
      graph,
      targets,
      entry,
      (from, target) => fromMesh(world, server, from, target, from.namespace).outcome,
    );
    return {
      failed: scenario.failures.map(formatFailure),
      mode: scenario.mode,
      shares: rows.shares.map(({ gateway: _, ...share }) => share),
      unserved: rows.unserved.map(({ gateway: _, ...entry }) => entry),
      ingress: { shares: ingressRows.shares, unserved: ingressRows.unserved },
      flows: flowRows(flows),
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

const HEALTHY: Scenario = { failures: [], mode: 'unready' };

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

function describeRoute(service: string, route: Route): ConditionalRoute {
  const destinations = route.destinations.map(
    ({ host, subset, share }) => `${host}${subset ? ` subset ${subset}` : ''} ${Math.round(share * 100)} %`,
  );
  return { service, route: nameOf(route), match: route.match, destinations };
}

/** Flows by service and target, and by service and reason. */
function flowRows(flows: readonly Flow<AskedService>[]): FlowResult {
  const served = new Map<string, { service: string; to: Target; requests: number }>();
  const unserved = new Map<string, { service: string; reason: string; requests: number }>();
  for (const { target, outcome } of flows) {
    for (const { endpoint, share } of outcome.served) {
      const to = targetOf(endpoint);
      const key = [target.label, to.cluster, to.zone, to.version].join(' ');
      const known = served.get(key);
      served.set(key, { service: target.label, to, requests: (known?.requests ?? 0) + share });
    }
    for (const { reason, share } of outcome.unserved) {
      const key = `${target.label} ${reason}`;
      const known = unserved.get(key);
      unserved.set(key, { service: target.label, reason, requests: (known?.requests ?? 0) + share });
    }
  }
  const round = <R extends { requests: number }>(row: R): R => ({ ...row, requests: rounded(row.requests) });
  return { served: sortedValues(served).map(round), unserved: sortedValues(unserved).map(round) };
}
