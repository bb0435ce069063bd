import type { AskedService } from './asked';
import type { ClientZone } from './clients';
import type { Endpoint } from './model';
import type { Outcome } from './outcome';
import { follow, type Way } from './paths';
import type { Condition } from './scenario';
import type { Answer, Server } from './serve';
import { proxyAt, type World } from './world';

/** Clients of one service that are answered alike. */
export interface Alike {
  readonly places: readonly ClientZone[];
  readonly outcome: Outcome;
}

/** The clients of one service, parted into those that are alike. */
export interface ServiceClients {
  readonly target: AskedService;
  readonly groups: readonly Alike[];
}

/** Clients that are answered alike as long as the same of their control planes run. */
interface Group extends Alike {
  readonly way: Way;
  readonly answers: readonly Answer[];
  /** Config clusters of the clients. */
  readonly planes: ReadonlySet<string>;
}

/** The groups that stand on something in a place. */
interface Resting {
  readonly cluster: string;
  readonly zone: string;
  readonly endpoints: Set<Endpoint>;
  readonly groups: Set<Group>;
}

/**
 * The answers of the healthy state, with an index from everything that can fail to the clients whose answers
 * rest on it: of a scenario only these are worked out, once for all that are alike.
 */
export class HealthyAnswers {
  private readonly services: { target: AskedService; groups: Group[] }[] = [];
  private readonly byPlace = new Map<string, Resting>();
  private readonly byGateway = new Map<string, Set<Group>>();
  private readonly ids = new Map<Answer, number>();

  constructor(
    private readonly world: World,
    private readonly server: Server,
  ) {}

  /** Takes in the clients of a service with the ways that their requests take. */
  add(target: AskedService, clients: readonly { readonly place: ClientZone; readonly way: Way }[]): void {
    const parts = new Map<string, { way: Way; answers: Answer[]; places: ClientZone[] }>();
    for (const { place, way } of clients) {
      const answers = way.parts.map(({ request }) => this.server.answerTo(way.proxy, request));
      const key =
        way.lost ?? answers.map((answer, i) => `${this.idOf(answer)}:${way.parts[i].share}`).join(' ');
      const known = parts.get(key);
      if (known) known.places.push(place);
      else parts.set(key, { way, answers, places: [place] });
    }
    const groups = [...parts.values()].map(({ way, answers, places }): Group => {
      const planes = new Set(places.map(({ cluster }) => this.planeOf(cluster)));
      return { places, way, answers, planes, outcome: follow(this.server, way) };
    });
    for (const group of groups) this.index(group);
    this.services.push({ target, groups });
  }

  /** The answers in a condition; those that stay are the same objects as in the healthy state. */
  under(condition: Condition, server: Server): ServiceClients[] {
    const touched = this.touchedBy(condition);
    return this.services.map(service => {
      if (!service.groups.some(group => touched.has(group))) return service;
      const groups = service.groups.flatMap((group): Alike[] =>
        touched.has(group)
          ? this.parts(group, condition).map(places => this.again(group, places, server))
          : [group],
      );
      return { target: service.target, groups };
    });
  }

  private again({ way }: Group, places: readonly ClientZone[], server: Server): Alike {
    const proxy = proxyAt(this.world, { ...places[0], namespace: way.proxy.namespace });
    return { places, outcome: follow(server, { ...way, proxy }) };
  }

  /** The clients of a group that are up, apart where the control plane of some is down. */
  private parts({ places, planes }: Group, condition: Condition): ClientZone[][] {
    const up = places.filter(({ cluster, zone }) => !condition.isPlaceDown(cluster, zone));
    if (up.length === 0) return [];
    if (![...condition.planesDown].some(plane => planes.has(plane))) return [up];
    const isBlind = ({ cluster }: ClientZone) => condition.isControlPlaneDown(this.planeOf(cluster));
    return [up.filter(isBlind), up.filter(place => !isBlind(place))].filter(part => part.length > 0);
  }

  private touchedBy(condition: Condition): ReadonlySet<Group> {
    const touched = new Set<Group>();
    const touch = (groups: ReadonlySet<Group>) => {
      for (const group of groups) touched.add(group);
    };
    for (const { cluster, zone, endpoints, groups } of this.byPlace.values()) {
      const isDown =
        condition.isPlaceDown(cluster, zone) ||
        (condition.hasSinglePods && [...endpoints].some(endpoint => condition.isDown(endpoint)));
      if (isDown) touch(groups);
    }
    for (const [gateway, groups] of this.byGateway) if (condition.isGatewayDown(gateway)) touch(groups);
    return touched;
  }

  private index(group: Group): void {
    for (const { basis } of group.answers) {
      for (const endpoint of basis.endpoints) {
        const { cluster, locality } = endpoint;
        const key = `${cluster}/${locality.zone}`;
        let resting = this.byPlace.get(key);
        if (!resting) {
          resting = { cluster, zone: locality.zone, endpoints: new Set(), groups: new Set() };
          this.byPlace.set(key, resting);
        }
        resting.endpoints.add(endpoint);
        resting.groups.add(group);
      }
      for (const gateway of basis.gateways) {
        this.byGateway.set(gateway, (this.byGateway.get(gateway) ?? new Set()).add(group));
      }
    }
  }

  private planeOf(cluster: string): string {
    return this.world.fleet.cluster(cluster).configCluster;
  }

  private idOf(answer: Answer): number {
    const id = this.ids.get(answer) ?? this.ids.size;
    this.ids.set(answer, id);
    return id;
  }
}
