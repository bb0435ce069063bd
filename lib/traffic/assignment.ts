import { destinationRuleFor, type EffectiveDestinationRule, subsetLabels } from '../fleet/destination-rules';
import { refusesMtls } from '../fleet/peer-authentication';
import { type Plain, plainAt, valueAt } from '../fleet/plain';
import { policyFor, type TrafficPolicy, tlsModeFor } from '../fleet/traffic-policy';
import { candidateEndpoints } from './candidates';
import { isClusterLocal } from './cluster-local';
import { applyDistribution } from './distribute';
import { applyFailoverPriorities } from './failover-priority';
import { groupByLocality, sumOfWeights } from './grouping';
import { effectiveLbSetting, isLocalityWeighted, type LbSetting } from './lb-setting';
import { applyLocalityFailover } from './locality-failover';
import type { AssignedLocality, ClientProxy, Endpoint, Health, Service, ServicePort } from './model';
import { filterByNetwork } from './network-filter';
import { panicThreshold, sendsUnhealthy } from './readiness';
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
export interface Assignment {
  readonly localities: readonly AssignedLocality[];
  readonly destinationRule?: EffectiveDestinationRule;
  /** Whether the subset asked for isn't in the rule: Envoy then has no cluster to send to. */
  readonly lacksSubset: boolean;
  readonly setting?: LbSetting;
  readonly outlierDetection?: Plain;
  readonly isLocalityWeighted: boolean;
  /** In percent. */
  readonly panicThreshold: number;
}

/**
 * What istiod sends: candidates, groups by locality, gateways for other networks, then weights or priorities.
 *
 * Source: Istio `pilot/pkg/xds/endpoints/endpoint_builder.go` BuildClusterLoadAssignment, generate.
 */
export function assign(view: PlaneView, query: AssignmentQuery): Assignment {
  const { plane } = view;
  const { proxy, service, port, subset = '' } = query;
  const rule = destinationRuleFor(view.destinationRules, proxy, service);
  const policy = rule && policyFor(rule.spec, port.number, subset);
  const outlierDetection = policy?.outlierDetection ?? meshOutlierDetection(view);
  const setting = effectiveLbSetting(plane, policy, service);
  const wanted = subset === '' ? undefined : subsetLabels(rule, subset);
  const known = view.endpointsOf(service.host);
  const candidates = candidateEndpoints(withHealth(known, query.healthOf), {
    proxy,
    service,
    port,
    subset: wanted,
    isClusterLocal: isClusterLocal(view.clusterLocal, service.host),
    sendsUnhealthy: sendsUnhealthy(plane, service, policy),
    hasGateways: view.gateways.all.length > 0,
  });
  const isMtls = mtlsCheck(view, rule, port.number, subset);
  const filtered = filterByNetwork(groupByLocality(candidates), {
    proxy,
    gateways: view.gateways,
    forcesGateway: plane.version !== '1.29',
    isMtls,
  });
  const groups = query.isSniDnat ? onlyMtls(filtered, isMtls) : filtered;
  return {
    localities: setting ? applySetting(groups, proxy, setting, policy, plane.version === '1.31') : groups,
    destinationRule: rule,
    lacksSubset: subset !== '' && wanted === undefined,
    setting,
    outlierDetection,
    isLocalityWeighted: isLocalityWeighted(plane, setting, outlierDetection !== undefined),
    panicThreshold: panicThreshold(plane, service, outlierDetection),
  };
}

/** Source: Istio `loadbalancer.go` ApplyLocalityLoadBalancer, ApplyZoneAwareLoadBalancer. */
function applySetting(
  groups: readonly AssignedLocality[],
  proxy: ClientProxy,
  setting: LbSetting,
  policy: TrafficPolicy | undefined,
  prefersNetwork: boolean,
): readonly AssignedLocality[] {
  if (setting.kind === 'zone-aware') {
    if (!setting.isEnabled) return groups;
    const { failoverPriority } = setting;
    const ranked =
      failoverPriority.length > 0
        ? applyFailoverPriorities(groups, proxy.labels, failoverPriority, prefersNetwork)
        : groups;
    return applyRegionalFailover(ranked, proxy.locality, setting.failover);
  }
  if (setting.distribute) return applyDistribution(groups, proxy.locality, setting.distribute);
  // Without outlier detection nothing would ever be found failing, so istiod gives no priorities at all. It
  // looks at the DestinationRule only: outlier detection of the mesh's default policy doesn't count here.
  if (!setting.isForced && !policy?.outlierDetection) return groups;
  if (!setting.failoverPriority) return applyLocalityFailover(groups, proxy.locality, setting.failover ?? []);
  const ranked = applyFailoverPriorities(groups, proxy.labels, setting.failoverPriority, prefersNetwork);
  return setting.failover ? applyLocalityFailover(ranked, proxy.locality, setting.failover) : ranked;
}

/**
 * Whether mTLS is used to an endpoint: what the DestinationRule says, else whether the workload has a proxy
 * and its PeerAuthentication allows it.
 *
 * Source: Istio `pilot/pkg/xds/endpoints/mtls_checker.go` checkMtlsEnabled, ep_filters.go isMtlsEnabled.
 */
function mtlsCheck(
  view: PlaneView,
  rule: EffectiveDestinationRule | undefined,
  port: number,
  subset: string,
): (endpoint: Endpoint) => boolean {
  const mode = rule && tlsModeFor(rule.spec, port, subset);
  return endpoint => {
    // The mode that a rule sets only switches the endpoint's own mode off, never on.
    if (endpoint.tlsMode !== 'istio') return false;
    if (mode !== undefined) return mode === 'ISTIO_MUTUAL';
    return !refusesMtls(view.peerAuthentications, endpoint.namespace, endpoint.labels, endpoint.port);
  };
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

/** Source: Istio `cluster_traffic_policy.go` applyDefaultTrafficPolicy (1.31). */
function meshOutlierDetection({ plane }: PlaneView): Plain | undefined {
  if (plane.version !== '1.31') return undefined;
  const found = valueAt(plane.meshConfig, 'defaultTrafficPolicy', 'outlierDetection');
  return found === undefined
    ? undefined
    : plainAt(plane.meshConfig, 'defaultTrafficPolicy', 'outlierDetection');
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
