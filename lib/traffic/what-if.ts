import { HealthyAnswers } from './alike';
import { servicesAsked } from './asked';
import { callGraph } from './call-graph';
import { type ClientZone, clientZones } from './clients';
import { Calls, entered, entriesOf } from './entries';
import type { Endpoint } from './model';
import { nameOf, wayFrom } from './paths';
import type { Route, RouteTable } from './routes';
import { EndsOf, sortedValues } from './rows';
import { conditionOf, type Scenario } from './scenario';
import { rowsOf, ScenarioAnswer, type ScenarioResult, type ScenarioRows } from './scenario-answer';
import { Server } from './serve';
import type { World } from './world';

export type { FlowResult, IngressResult, ScenarioResult, ScenarioRows } from './scenario-answer';

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

/** A route that some requests take, by what is in them; its requests aren't in the shares. */
export interface ConditionalRoute {
  readonly service: string;
  readonly route: string;
  readonly match: string;
  readonly destinations: readonly string[];
}

/** A what-if whose scenarios are worked out one after the other, as they are asked for. */
export interface Study {
  readonly assumptions: readonly string[];
  /** Routes and mirrors that the shares leave out. */
  readonly conditionalRoutes: readonly ConditionalRoute[];
  readonly mirrors: readonly { readonly service: string; readonly to: string }[];
  readonly scenarios: Iterable<ScenarioResult>;
}

/** The answer to a what-if, as plain data. */
export interface WhatIf extends Omit<Study, 'scenarios'> {
  readonly scenarios: readonly ScenarioRows[];
}

/** Follows every client's requests to every service through every scenario. */
export function whatIf(world: World, query: WhatIfQuery, assumptions: readonly string[] = []): WhatIf {
  const answer = study(world, query, assumptions);
  return { ...answer, scenarios: Array.from(answer.scenarios, rowsOf) };
}

/** The same without keeping the scenarios: of a large fleet they don't all fit into memory. */
export function study(world: World, query: WhatIfQuery, assumptions: readonly string[] = []): Study {
  const targets = servicesAsked(world, query.services);
  const endpoints = allEndpoints(world);
  const graph = callGraph(world);
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
  const answers = new HealthyAnswers(world, healthy);
  for (const target of targets) {
    const places = query.from ?? clientZones(world, graph, target.service);
    const clients = places.map(place => ({ place, way: wayFrom(world, place, target, query.fromNamespace) }));
    for (const { way } of clients) note(target.label, way.table);
    answers.add(target, clients);
  }
  const entries = query.from ? [] : entriesOf(world, targets);
  const ends = new EndsOf();
  const calls = new Calls(world, graph, targets);
  function* scenarios(): Generator<ScenarioResult> {
    for (const scenario of query.scenarios) {
      const condition = conditionOf(world.fleet, scenario, endpoints);
      const server = new Server(world, condition, healthy);
      const services = answers.under(condition, server);
      const ingress = entered(entries, condition, server);
      yield new ScenarioAnswer(
        world,
        scenario,
        condition,
        services,
        ingress,
        calls.from(ingress, server),
        ends,
      );
    }
  }
  return {
    assumptions: [...assumptions, ...ASSUMPTIONS],
    conditionalRoutes: sortedValues(conditional),
    mirrors: sortedValues(mirrors),
    scenarios: { [Symbol.iterator]: scenarios },
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

/** Every endpoint once; those of Services are the same objects for all control planes. */
function allEndpoints(world: World): Endpoint[] {
  const seen = new Set<Endpoint>();
  for (const view of world.planes.values()) {
    for (const host of view.services.keys()) {
      for (const endpoint of view.endpointsOf(host)) seen.add(endpoint);
    }
  }
  return [...seen];
}

function describeRoute(service: string, route: Route): ConditionalRoute {
  const destinations = route.destinations.map(
    ({ host, subset, share }) => `${host}${subset ? ` subset ${subset}` : ''} ${Math.round(share * 100)} %`,
  );
  return { service, route: nameOf(route), match: route.match, destinations };
}
