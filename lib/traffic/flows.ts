import { byText } from '../fleet/plain';
import type { Caller, CallGraph } from './call-graph';
import type { Endpoint, Service } from './model';
import type { Outcome } from './outcome';
import type { World } from './world';

/** Calls behind calls are followed so far; a cycle in the call graph ends here. */
const MAX_DEPTH = 16;

/** A service that may be called. */
export interface FlowService {
  readonly service: Service;
  /** `namespace/name`. */
  readonly label: string;
}

/** What arrives at one service, in requests per request at the ingress gateways. */
export interface Flow<F extends FlowService = FlowService> {
  readonly target: F;
  readonly outcome: Outcome;
}

/**
 * Follows requests from the ingress gateways along the call graph: a pod that takes a request makes one to
 * every service it may call, from the place it runs in. What isn't answered makes no further calls.
 *
 * @param entry what the ingress gateways send, in parts of one request.
 * @param call where requests of a pod in a place to a service end.
 */
export function followCalls<F extends FlowService>(
  world: World,
  graph: CallGraph,
  services: readonly F[],
  entry: readonly Flow<F>[],
  call: (from: { cluster: string; zone: string; namespace: string }, target: F) => Outcome,
): Flow<F>[] {
  const callees = calleesByCaller(graph, services);
  const flows: Flow<F>[] = [...entry];
  let level = [...entry];
  for (let depth = 0; depth < MAX_DEPTH && level.length > 0; depth++) {
    const next: Flow<F>[] = [];
    for (const { load, endpoint, targets } of loadByPlace(world, callees, level)) {
      const from = { cluster: endpoint.cluster, zone: endpoint.locality.zone, namespace: endpoint.namespace };
      for (const target of targets) next.push({ target, outcome: times(call(from, target), load) });
    }
    flows.push(...next);
    level = next;
  }
  return flows;
}

interface Load<F> {
  readonly endpoint: Endpoint;
  readonly targets: readonly F[];
  load: number;
}

/** Adds up what arrives at pods that call alike in one zone. */
function loadByPlace<F extends FlowService>(
  world: World,
  callees: ReadonlyMap<string, readonly F[]>,
  flows: readonly Flow<F>[],
): Load<F>[] {
  const loads = new Map<string, Load<F>>();
  for (const { outcome } of flows) {
    for (const { endpoint, share } of outcome.served) {
      const key = callerKey(world, endpoint);
      const targets = key === undefined ? undefined : callees.get(key);
      if (!targets) continue;
      const place = `${key} ${endpoint.locality.zone}`;
      const known = loads.get(place);
      if (known) known.load += share;
      else loads.set(place, { endpoint, targets, load: share });
    }
  }
  return [...loads.keys()].sort(byText).map(key => loads.get(key)!);
}

function calleesByCaller<F extends FlowService>(graph: CallGraph, services: readonly F[]): Map<string, F[]> {
  const callees = new Map<string, F[]>();
  for (const target of services) {
    for (const caller of graph.callersOf(target.service) ?? []) {
      if (caller.isGateway) continue;
      const key = keyOf(caller.cluster, caller.namespace, caller.labels);
      callees.set(key, [...(callees.get(key) ?? []), target]);
    }
  }
  return callees;
}

function callerKey(world: World, endpoint: Endpoint): string | undefined {
  const pod = world.fleet.find(endpoint.cluster, 'Pod', endpoint.namespace, endpoint.workload);
  return pod && keyOf(endpoint.cluster, endpoint.namespace, pod.manifest.metadata.labels ?? {});
}

function keyOf(cluster: string, namespace: string, labels: Caller['labels']): string {
  const sorted = Object.keys(labels)
    .sort(byText)
    .map(name => [name, labels[name]]);
  return JSON.stringify([cluster, namespace, sorted]);
}

/** Unlike parts, loads may be above 1: several calls per request. */
function times({ served, unserved }: Outcome, load: number): Outcome {
  return {
    served: served.map(entry => ({ ...entry, share: entry.share * load })),
    unserved: unserved.map(entry => ({ ...entry, share: entry.share * load })),
  };
}
