import { meshExportTo } from '../fleet/control-plane';
import { hostMatches } from '../fleet/hosts';
import { containsLabels } from '../fleet/labels';
import { labelsAt, numberAt, plainsAt, stringAt, stringsAt } from '../fleet/plain';
import { isExportedTo } from '../fleet/visibility';
import { assign } from './assignment';
import type { Host } from './envoy/hosts';
import { pickHosts } from './envoy/pick';
import { parseLocality } from './locality';
import type { AssignedEndpoint, ClientProxy, Endpoint, NetworkGateway, Service } from './model';
import type { Condition } from './scenario';
import { type PlaneView, planeOf, proxyAt, type World } from './world';

/** Where a client's requests to a service end. */
export interface Outcome {
  /** Parts that are answered, by endpoint. */
  readonly served: readonly { readonly endpoint: Endpoint; readonly share: number }[];
  /** Parts that are not, by why. */
  readonly unserved: readonly { readonly reason: string; readonly share: number }[];
}

/** A request to one service, port and subset. */
export interface Request {
  readonly host: string;
  readonly port: number;
  readonly subset: string;
}

/** Follows requests to where they end, in one condition of the fleet. Answers are kept and reused. */
export class Server {
  private readonly cache = new Map<string, Outcome>();

  constructor(
    private readonly world: World,
    private readonly condition: Condition,
  ) {}

  /** Where a proxy's requests to a service, port and subset end. */
  serve(proxy: ClientProxy, request: Request): Outcome {
    return this.follow(proxy, request, []);
  }

  /** @param path the gateways that were passed, so that a loop is seen. */
  private follow(proxy: ClientProxy, request: Request, path: readonly string[]): Outcome {
    const key = JSON.stringify([
      proxy.kind,
      proxy.cluster,
      proxy.namespace,
      proxy.network,
      proxy.locality,
      proxy.labels,
      proxy.networkView,
      request,
      path,
    ]);
    const known = this.cache.get(key);
    if (known) return known;
    const outcome = this.compute(proxy, request, path);
    this.cache.set(key, outcome);
    return outcome;
  }

  private compute(proxy: ClientProxy, request: Request, path: readonly string[]): Outcome {
    const view = planeOf(this.world, proxy.cluster);
    const service = findService(view, proxy.namespace, request.host);
    if (!service) return lost(`${request.host} isn't known to the control plane of ${proxy.cluster}`);
    const port = service.ports.find(candidate => candidate.number === request.port);
    if (!port) return lost(`${service.host} has no port ${request.port} for ${proxy.cluster}`);
    if (service.resolution === 'alias') return lost(`${service.host} is another name for an external host`);
    const isBlind = this.condition.isControlPlaneDown(view.plane.cluster);
    const seesUnready = this.condition.mode === 'unready' && !isBlind;
    const assignment = assign(view, {
      proxy,
      service,
      port,
      subset: request.subset,
      isSniDnat: path.length > 0,
      healthOf: seesUnready
        ? endpoint => (this.condition.isDown(endpoint) ? 'unhealthy' : endpoint.health)
        : undefined,
    });
    if (assignment.lacksSubset) {
      return lost(
        `subset ${request.subset} of ${service.host} isn't in the DestinationRule that ${view.plane.cluster} gives its clients`,
      );
    }
    const behind = new Map<AssignedEndpoint, Outcome>();
    const outcomeOf = (assigned: AssignedEndpoint): Outcome => {
      const done = behind.get(assigned);
      if (done) return done;
      const outcome = assigned.via
        ? this.throughGateway(assigned.via, assigned.endpoints, request, path)
        : this.atEndpoint(assigned.endpoints[0]);
      behind.set(assigned, outcome);
      return outcome;
    };
    const isFailing = (host: Host) => outcomeOf(host.assigned).served.length === 0;
    const pick = pickHosts(assignment, isFailing);
    const outcomes = pick.shares.map(({ host, share }) => scale(outcomeOf(host.assigned), share));
    if (pick.unserved > 0)
      outcomes.push(scale(lost(`no healthy endpoint of ${describe(request)}`), pick.unserved));
    return merge(outcomes);
  }

  private atEndpoint(endpoint: Endpoint): Outcome {
    if (this.condition.isDown(endpoint)) {
      return lost(`${endpoint.cluster}/${endpoint.locality.zone} fails and still gets requests`);
    }
    return { served: [{ endpoint, share: 1 }], unserved: [] };
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
  ): Outcome {
    const name = gateway.service || gateway.address;
    if (path.includes(name)) return lost(`gateways send requests in a loop: ${[...path, name].join(' -> ')}`);
    if (this.condition.isGatewayDown(gateway.service)) return lost(`gateway ${name} is down`);
    const pods = this.gatewayPods(gateway, behind);
    const alive = pods.filter(pod => !this.condition.isDown(pod));
    if (alive.length === 0) return lost(`gateway ${name} has no pod that runs`);
    return merge(
      alive.map(pod => {
        const outcome = this.fromGatewayPod(name, pod, request, [...path, name]);
        return scale(outcome, 1 / alive.length);
      }),
    );
  }

  private fromGatewayPod(name: string, pod: Endpoint, request: Request, path: readonly string[]): Outcome {
    const view = planeOf(this.world, pod.cluster);
    if (!isPassedOn(this.world, view, pod, request)) {
      return lost(
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

  /** The gateway's pods; where nothing says them, one in every zone of the cluster it leads to. */
  private gatewayPods(gateway: NetworkGateway, behind: readonly Endpoint[]): readonly Endpoint[] {
    const [clusterName, namespace, name] = gateway.service.split('/');
    const home = clusterName || behind[0].cluster;
    const view = planeOf(this.world, home);
    const host = `${name}.${namespace}.svc.${view.plane.domain}`;
    const known = view.endpointsOf(host).filter(endpoint => endpoint.cluster === home);
    if (known.length > 0) return uniquePods(known);
    const cluster = this.world.fleet.cluster(home);
    return (cluster.zones.length > 0 ? cluster.zones : ['']).map(zone =>
      assumedPod(home, gateway, zone, cluster.region),
    );
  }
}

/** The service of a host that a client in a namespace may use; its own namespace's first. */
export function findService(view: PlaneView, namespace: string, host: string): Service | undefined {
  const defaults = meshExportTo(view.plane, 'defaultServiceExportTo');
  const visible = (view.services.get(host) ?? []).filter(service =>
    isExportedTo(service.exportTo, service.namespace, namespace, defaults),
  );
  return visible.find(service => service.namespace === namespace) ?? visible[0];
}

/** An outcome where nothing is answered. */
export function lost(reason: string): Outcome {
  return { served: [], unserved: [{ reason, share: 1 }] };
}

/** An outcome for a part of the requests. */
export function scale(outcome: Outcome, factor: number): Outcome {
  if (factor === 1) return outcome;
  return {
    served: outcome.served.map(entry => ({ ...entry, share: entry.share * factor })),
    unserved: outcome.unserved.map(entry => ({ ...entry, share: entry.share * factor })),
  };
}

/** Several outcomes of parts as one; equal ends are added up. */
export function merge(outcomes: readonly Outcome[]): Outcome {
  if (outcomes.length === 1) return outcomes[0];
  const served = new Map<string, { endpoint: Endpoint; share: number }>();
  const unserved = new Map<string, { reason: string; share: number }>();
  for (const outcome of outcomes) {
    for (const { endpoint, share } of outcome.served) {
      const key = `${endpoint.cluster} ${endpoint.address}:${endpoint.port}`;
      const sum = served.get(key);
      if (sum) sum.share += share;
      else served.set(key, { endpoint, share });
    }
    for (const { reason, share } of outcome.unserved) {
      const sum = unserved.get(reason);
      if (sum) sum.share += share;
      else unserved.set(reason, { reason, share });
    }
  }
  return { served: [...served.values()], unserved: [...unserved.values()] };
}

/**
 * Whether a network gateway passes a host on: a Gateway in its config cluster that selects it, with a server
 * of mode AUTO_PASSTHROUGH for the host; or a listener of the Gateway API that comes to the same.
 */
function isPassedOn(world: World, view: PlaneView, pod: Endpoint, request: Request): boolean {
  const { fleet } = world;
  for (const { manifest } of fleet.ofKind('Gateway.networking.istio.io', view.plane.cluster)) {
    // A gateway whose pods nobody declared is taken to be one that is selected.
    const isKnown = Object.keys(pod.labels).length > 0;
    if (isKnown && !containsLabels(labelsAt(manifest, 'spec', 'selector'), pod.labels)) continue;
    for (const server of plainsAt(manifest, 'spec', 'servers')) {
      if (stringAt(server, 'tls', 'mode') !== 'AUTO_PASSTHROUGH') continue;
      const hosts = stringsAt(server, 'hosts').map(host => host.split('/').pop() ?? '');
      if (hosts.some(host => hostMatches(host, request.host))) return true;
    }
  }
  const gatewayName = pod.labels['gateway.networking.k8s.io/gateway-name'];
  if (!gatewayName) return false;
  const gateway = fleet.find(pod.cluster, 'Gateway.gateway.networking.k8s.io', pod.namespace, gatewayName);
  return plainsAt(gateway?.manifest, 'spec', 'listeners').some(listener => {
    const hostname = stringAt(listener, 'hostname') ?? '*';
    const isTls = listener.protocol === 'TLS' && stringAt(listener, 'tls', 'mode') === 'Passthrough';
    return isTls && numberAt(listener, 'port') === 15443 && hostMatches(hostname, request.host);
  });
}

/** What a gateway's container asks to see. */
function networkView(world: World, pod: Endpoint): string[] {
  const found = world.fleet.find(pod.cluster, 'Pod', pod.namespace, pod.workload);
  for (const container of plainsAt(found?.manifest, 'spec', 'containers')) {
    for (const variable of plainsAt(container, 'env')) {
      if (variable.name === 'ISTIO_META_REQUESTED_NETWORK_VIEW') {
        return (stringAt(variable, 'value') ?? '').split(',').filter(text => text !== '');
      }
    }
  }
  return [];
}

function uniquePods(endpoints: readonly Endpoint[]): Endpoint[] {
  return [...new Map(endpoints.map(endpoint => [endpoint.address, endpoint])).values()];
}

function assumedPod(cluster: string, gateway: NetworkGateway, zone: string, region: string): Endpoint {
  const [, namespace = 'istio-system'] = gateway.service.split('/');
  return {
    cluster,
    network: gateway.network,
    address: `${gateway.address}#${zone}`,
    port: gateway.port,
    portName: '',
    locality: parseLocality(`${region}/${zone}/`),
    localityLabel: `${region}/${zone}/`,
    labels: {},
    weight: 1,
    health: 'healthy',
    tlsMode: 'disabled',
    namespace,
    node: '',
    workload: gateway.service,
  };
}

function describe(request: Request): string {
  return request.subset ? `${request.host} subset ${request.subset}` : request.host;
}
