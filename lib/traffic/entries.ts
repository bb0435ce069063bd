import type { AskedService } from './asked';
import type { CallGraph } from './call-graph';
import { type IngressClient, ingressClients } from './clients';
import { type Flow, followCalls } from './flows';
import { type Outcome, scale } from './outcome';
import { follow, type Way, wayFrom, wayFromIngress } from './paths';
import type { Condition } from './scenario';
import type { Server } from './serve';
import type { World } from './world';

/** An ingress gateway in a place with its way to a service. */
export interface Entry {
  readonly client: IngressClient;
  readonly target: AskedService;
  readonly way: Way;
}

/** Where the requests of an ingress gateway in a place to a service end. */
export interface Entered extends Entry {
  readonly outcome: Outcome;
}

/** The ways from ingress gateways into the mesh, by service. */
export function entriesOf(world: World, targets: readonly AskedService[]): Entry[] {
  const clients = ingressClients(world);
  return targets.flatMap(target =>
    clients.flatMap(client => {
      const way = wayFromIngress(world, client, target);
      return way ? [{ client, target, way }] : [];
    }),
  );
}

/** What the ingress gateways that are up send. */
export function entered(entries: readonly Entry[], condition: Condition, server: Server): Entered[] {
  return entries
    .filter(({ client }) => !condition.isPlaceDown(client.cluster, client.zone))
    .map(entry => ({ ...entry, outcome: follow(server, entry.way) }));
}

/** Follows what enters at ingress gateways along the call graph. */
export class Calls {
  private readonly ways = new Map<string, Way>();

  constructor(
    private readonly world: World,
    private readonly graph: CallGraph,
    private readonly targets: readonly AskedService[],
  ) {}

  /** One request to each service that ingress gateways lead to, spread evenly over those that do. */
  from(ingress: readonly Entered[], server: Server): Flow<AskedService>[] {
    if (ingress.length === 0) return [];
    const perTarget = new Map<AskedService, number>();
    for (const { target } of ingress) perTarget.set(target, (perTarget.get(target) ?? 0) + 1);
    const entry = ingress.map(({ target, outcome }) => ({
      target,
      outcome: scale(outcome, 1 / perTarget.get(target)!),
    }));
    return followCalls(this.world, this.graph, this.targets, entry, (from, target) =>
      follow(server, this.wayOf(from, target)),
    );
  }

  private wayOf(from: { cluster: string; zone: string; namespace: string }, target: AskedService): Way {
    const key = `${from.cluster}/${from.zone}/${from.namespace} ${target.label}:${target.port}`;
    const known = this.ways.get(key);
    if (known) return known;
    const way = wayFrom(this.world, from, target, from.namespace);
    this.ways.set(key, way);
    return way;
  }
}
