import { type Assignment, type AssignmentQuery, assign, groupsFor } from './assignment';
import type { Host } from './envoy/hosts';
import { pickHosts } from './envoy/pick';
import { findService } from './find-service';
import { gatewayPods, isPassedOn, networkView } from './gateway-hop';
import { headlessOutcome } from './headless';
import type { AssignedEndpoint, AssignedLocality, ClientProxy, Endpoint, NetworkGateway } from './model';
import { lost, merge, type Outcome, scale } from './outcome';
import { withoutUnready } from './reported';
import type { Condition } from './scenario';
import { type Shared, Sharing } from './sharing';
import { type PlaneView, planeOf, proxyAt, type World } from './world';

type Groups = readonly AssignedLocality[];

/** A request to one service, port and subset. */
export interface Request {
  readonly host: string;
  readonly port: number;
  readonly subset: string;
}

/** What an answer stands on: while none of it fails, the answer stays. */
export interface Basis {
  readonly endpoints: readonly Endpoint[];
  /** Services of the gateways that were passed. */
  readonly gateways: readonly string[];
}

/** Where requests end, and what that stands on. Clients that istiod tells the same get the same object. */
export interface Answer {
  readonly outcome: Outcome;
  readonly basis: Basis;
}

const NOTHING: Basis = { endpoints: [], gateways: [] };

/**
 * Follows requests to where they end, in one condition of the fleet. Proxies that istiod tells the same share
 * an answer, and an answer of the healthy state is kept where nothing that it stands on fails.
 */
export class Server {
  private readonly answers = new Map<string, Answer>();
  /** What can be sent to, as reported in this condition, and as the fleet says it. */
  private readonly groups = new Map<string, Groups>();
  private readonly unreported = new Map<string, Groups>();

  /** @param healthy the server of the healthy state of the same world. */
  constructor(
    private readonly world: World,
    private readonly condition: Condition,
    private readonly healthy?: Server,
    private readonly sharing: Sharing = healthy?.sharing ?? new Sharing(),
  ) {}

  /** Where a proxy's requests to a service, port and subset end. */
  serve(proxy: ClientProxy, request: Request): Outcome {
    return this.answerTo(proxy, request).outcome;
  }

  /** The same with what it stands on. */
  answerTo(proxy: ClientProxy, request: Request): Answer {
    return this.follow(proxy, request, []);
  }

  /** @param path the gateways that were passed, so that a loop is seen. */
  private follow(proxy: ClientProxy, request: Request, path: readonly string[]): Answer {
    const view = planeOf(this.world, proxy.cluster);
    const service = findService(view, proxy.namespace, request.host);
    if (!service) return nothing(`${request.host} isn't known to the control plane of ${proxy.cluster}`);
    const port = service.ports.find(candidate => candidate.number === request.port);
    if (!port) return nothing(`${service.host} has no port ${request.port} for ${proxy.cluster}`);
    if (service.resolution === 'alias')
      return nothing(`${service.host} is another name for an external host`);
    if (service.resolution === 'original-destination' && proxy.kind === 'sidecar') {
      return {
        outcome: headlessOutcome(view, proxy, service, port, this.condition),
        basis: { endpoints: view.endpointsOf(service.host), gateways: [] },
      };
    }
    const shared = this.sharing.of(view, proxy, service, port, request.subset, path);
    if (shared.policy.lacksSubset) {
      return nothing(
        `subset ${request.subset} of ${service.host} isn't in the DestinationRule that ${view.plane.cluster} gives its clients`,
      );
    }
    const isBlind = this.condition.isControlPlaneDown(view.plane.cluster);
    const ownKey = isBlind ? `${shared.key} blind` : shared.key;
    const known = this.answers.get(ownKey);
    if (known) return known;
    const before = this.healthy?.follow(proxy, request, path);
    const query = { proxy, service, port, subset: request.subset, isSniDnat: path.length > 0 };
    const answer =
      before && !this.isTouched(before.basis)
        ? before
        : this.answer(this.assign(query, view, shared, isBlind), request, path);
    this.answers.set(ownKey, answer);
    return answer;
  }

  /** What istiod tells; where it reports what it did in the healthy state, the groups are those of then. */
  private assign(query: AssignmentQuery, view: PlaneView, shared: Shared, isBlind: boolean): Assignment {
    const isReported = this.condition.mode === 'unready' && !isBlind;
    const groups = isReported
      ? this.reportedGroups(query, view, shared)
      : (this.healthy ?? this).groupsBefore(query, view, shared);
    return assign(view, query, shared.policy, groups);
  }

  private groupsBefore(query: AssignmentQuery, view: PlaneView, { policy, groupsKey }: Shared): Groups {
    const groups = this.unreported.get(groupsKey) ?? groupsFor(view, query, policy);
    this.unreported.set(groupsKey, groups);
    return groups;
  }

  private reportedGroups(query: AssignmentQuery, view: PlaneView, shared: Shared): Groups {
    const { policy, groupsKey } = shared;
    const known = this.groups.get(groupsKey);
    if (known) return known;
    const before = this.healthy?.groupsBefore(query, view, shared);
    const kept =
      before &&
      withoutUnready(before, view, query.service.host, policy, endpoint => this.condition.isDown(endpoint));
    const groups = kept ?? groupsFor(view, { ...query, healthOf: this.reported }, policy);
    this.groups.set(groupsKey, groups);
    return groups;
  }

  private readonly reported = (endpoint: Endpoint) =>
    this.condition.isDown(endpoint) ? 'unhealthy' : endpoint.health;

  private isTouched({ endpoints, gateways }: Basis): boolean {
    return (
      gateways.some(gateway => this.condition.isGatewayDown(gateway)) ||
      endpoints.some(endpoint => this.condition.isDown(endpoint))
    );
  }

  private answer(assignment: Assignment, request: Request, path: readonly string[]): Answer {
    const behind = new Map<AssignedEndpoint, Answer>();
    const answerOf = (assigned: AssignedEndpoint): Answer => {
      const done = behind.get(assigned);
      if (done) return done;
      const found = assigned.via
        ? this.throughGateway(assigned.via, assigned.endpoints, request, path)
        : this.atEndpoint(assigned.endpoints[0]);
      behind.set(assigned, found);
      return found;
    };
    const isFailing = (host: Host) => answerOf(host.assigned).outcome.served.length === 0;
    const pick = pickHosts(assignment, isFailing);
    const outcomes: Outcome[] = [];
    const direct: Outcome['served'][number][] = [];
    for (const { host, share } of pick.shares) {
      const [endpoint] = host.assigned.endpoints;
      if (!host.assigned.via && !this.condition.isDown(endpoint)) direct.push({ endpoint, share });
      else outcomes.push(scale(answerOf(host.assigned).outcome, share));
    }
    // Envoy keeps one host per address, so that without a gateway no two end at the same.
    if (direct.length > 0) outcomes.unshift({ served: direct, unserved: [] });
    if (pick.unserved > 0) {
      const name = request.subset ? `${request.host} subset ${request.subset}` : request.host;
      outcomes.push(scale(lost(`no healthy endpoint of ${name}`), pick.unserved));
    }
    return {
      outcome: merge(outcomes),
      basis: this.healthy ? NOTHING : basisOf(assignment, pick.isFirstLevelOnly, [...behind.values()]),
    };
  }

  private atEndpoint(endpoint: Endpoint): Answer {
    if (this.condition.isDown(endpoint)) {
      return nothing(`${endpoint.cluster}/${endpoint.locality.zone} fails and still gets requests`);
    }
    return { outcome: { served: [{ endpoint, share: 1 }], unserved: [] }, basis: NOTHING };
  }

  /**
   * The second hop: connections are spread evenly over the gateway's pods, and each gateway's Envoy chooses
   * anew, from its own place, among the endpoints of the networks it sees.
   *
   * Source: Istio `pilot/pkg/networking/core/cluster.go` buildOutboundSniDnatClusters, gateway.go
   * builtAutoPassthroughFilterChains.
   */
  private throughGateway(
    gateway: NetworkGateway,
    behind: readonly Endpoint[],
    request: Request,
    path: readonly string[],
  ): Answer {
    const name = gateway.service || gateway.address;
    if (path.includes(name))
      return nothing(`gateways send requests in a loop: ${[...path, name].join(' -> ')}`);
    if (this.condition.isGatewayDown(gateway.service)) return nothing(`gateway ${name} is down`);
    const pods = gatewayPods(this.world, gateway, behind);
    const alive = pods.filter(pod => !this.condition.isDown(pod));
    if (alive.length === 0) return nothing(`gateway ${name} has no pod that runs`);
    const answers = alive.map(pod => this.fromGatewayPod(name, pod, request, [...path, name]));
    return {
      outcome: merge(answers.map(({ outcome }) => scale(outcome, 1 / alive.length))),
      basis: joined([{ endpoints: pods, gateways: [gateway.service] }, ...answers.map(({ basis }) => basis)]),
    };
  }

  private fromGatewayPod(name: string, pod: Endpoint, request: Request, path: readonly string[]): Answer {
    const view = planeOf(this.world, pod.cluster);
    if (!isPassedOn(this.world, view, pod, request.host)) {
      return nothing(
        `gateway ${name} has no server with AUTO_PASSTHROUGH for ${request.host}, so it resets connections`,
      );
    }
    const proxy = proxyAt(this.world, {
      cluster: pod.cluster,
      zone: pod.locality.zone,
      subzone: pod.locality.subzone,
      namespace: pod.namespace,
      labels: pod.labels,
      kind: 'gateway',
      networkView: networkView(this.world, pod),
      node: pod.node,
    });
    return this.follow(proxy, request, path);
  }
}

/**
 * What an answer stands on. Where the first priority takes everything and no gateway is involved, endpoints of
 * other priorities can fail without a difference; else every endpoint of the assignment counts.
 */
function basisOf(assignment: Assignment, isFirstLevelOnly: boolean, behind: readonly Answer[]): Basis {
  const groups = assignment.localities;
  const hasGateway = groups.some(group => group.endpoints.some(endpoint => endpoint.via));
  const relevant = isFirstLevelOnly && !hasGateway ? groups.filter(group => group.priority === 0) : groups;
  const endpoints = relevant.flatMap(group => group.endpoints.flatMap(endpoint => endpoint.endpoints));
  if (!hasGateway) return { endpoints, gateways: [] };
  return joined([{ endpoints, gateways: [] }, ...behind.map(({ basis }) => basis)]);
}

function joined(parts: readonly Basis[]): Basis {
  return {
    endpoints: [...new Set(parts.flatMap(part => part.endpoints))],
    gateways: [...new Set(parts.flatMap(part => part.gateways))],
  };
}

function nothing(reason: string): Answer {
  return { outcome: lost(reason), basis: NOTHING };
}
