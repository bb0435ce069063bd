import { candidateEndpoints } from './candidates';
import { applyDistribution } from './distribute';
import { applyFailoverPriorities } from './failover-priority';
import { groupByLocality, sumOfWeights } from './grouping';
import { applyLocalityFailover } from './locality-failover';
import type { AssignedLocality, ClientProxy, Endpoint, Health, Service, ServicePort } from './model';
import { filterByNetwork } from './network-filter';
import { type ServicePolicy, servicePolicy } from './policy';
import type { PlaneView } from './world';
import { applyRegionalFailover } from './zone-aware';

/** A question to istiod: what does this proxy get for this service, port and subset? */
export interface AssignmentQuery {
  readonly proxy: ClientProxy;
  readonly service: Service;
  readonly port: ServicePort;
  /** Empty for none. */
  readonly subset?: string;
  /** Whether a network gateway asks, for what it passes on by SNI: only mTLS endpoints are given. */
  readonly isSniDnat?: boolean;
  /** The readiness of an endpoint, instead of what the fleet says. */
  readonly healthOf?: (endpoint: Endpoint) => Health;
}

/** What istiod tells a proxy about a service, and what its Envoy does with it. */
export interface Assignment extends ServicePolicy {
  readonly localities: readonly AssignedLocality[];
}

/**
 * What istiod sends: candidates, groups by locality, gateways for other networks, then weights or priorities.
 *
 * Source: Istio `pilot/pkg/xds/endpoints/endpoint_builder.go` BuildClusterLoadAssignment, generate.
 *
 * @param policy what is in force, where it is known already.
 * @param groups what the proxy can send to, where it is known already.
 */
export function assign(
  view: PlaneView,
  query: AssignmentQuery,
  policy: ServicePolicy = servicePolicy(view, query.proxy, query.service, query.port, query.subset),
  groups: readonly AssignedLocality[] = groupsFor(view, query, policy),
): Assignment {
  return { ...policy, localities: applySetting(groups, query.proxy, policy, view.plane.version === '1.31') };
}

/**
 * What a proxy can send to, by locality: the same for all proxies of a network, wherever in it they are, as
 * only priorities and weights depend on that.
 */
export function groupsFor(
  view: PlaneView,
  query: AssignmentQuery,
  policy: ServicePolicy,
): readonly AssignedLocality[] {
  const { plane } = view;
  const { proxy, service, port } = query;
  const candidates = candidateEndpoints(withHealth(view.endpointsOf(service.host), query.healthOf), {
    proxy,
    service,
    port,
    subset: policy.subset,
    isClusterLocal: policy.isClusterLocal,
    sendsUnhealthy: policy.sendsUnhealthy,
    hasGateways: view.gateways.all.length > 0,
  });
  const filtered = filterByNetwork(groupByLocality(candidates), {
    proxy,
    gateways: view.gateways,
    forcesGateway: plane.version !== '1.29',
    isMtls: policy.isMtls,
  });
  return query.isSniDnat ? onlyMtls(filtered, policy.isMtls) : filtered;
}

/** Source: Istio `loadbalancer.go` ApplyLocalityLoadBalancer, ApplyZoneAwareLoadBalancer. */
function applySetting(
  groups: readonly AssignedLocality[],
  proxy: ClientProxy,
  { setting, failsOver }: ServicePolicy,
  prefersNetwork: boolean,
): readonly AssignedLocality[] {
  if (!setting) return groups;
  if (setting.kind === 'locality' && setting.distribute) {
    return applyDistribution(groups, proxy.locality, setting.distribute);
  }
  if (!failsOver) return groups;
  const entries = setting.failoverPriority ?? [];
  const ranked =
    entries.length > 0 ? applyFailoverPriorities(groups, proxy.labels, entries, prefersNetwork) : groups;
  if (setting.kind === 'zone-aware') return applyRegionalFailover(ranked, proxy.locality, setting.failover);
  if (entries.length > 0 && !setting.failover) return ranked;
  return applyLocalityFailover(ranked, proxy.locality, setting.failover ?? []);
}

/** Source: Istio `ep_filters.go` EndpointsWithMTLSFilter; gateways always take mTLS. */
function onlyMtls(
  groups: readonly AssignedLocality[],
  isMtls: (endpoint: Endpoint) => boolean,
): AssignedLocality[] {
  return groups.map(group => {
    const endpoints = group.endpoints.filter(endpoint => endpoint.via || isMtls(endpoint.endpoints[0]));
    return { ...group, weight: sumOfWeights(endpoints), endpoints };
  });
}

function withHealth(
  endpoints: readonly Endpoint[],
  healthOf: AssignmentQuery['healthOf'],
): readonly Endpoint[] {
  if (!healthOf) return endpoints;
  return endpoints.map(endpoint => {
    const health = healthOf(endpoint);
    return health === endpoint.health ? endpoint : { ...endpoint, health };
  });
}
