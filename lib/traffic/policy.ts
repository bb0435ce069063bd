import { destinationRuleFor, type EffectiveDestinationRule, subsetLabels } from '../fleet/destination-rules';
import type { Labels } from '../fleet/labels';
import { refusesMtls } from '../fleet/peer-authentication';
import { type Plain, plainAt, valueAt } from '../fleet/plain';
import { policyFor, tlsModeFor } from '../fleet/traffic-policy';
import { isClusterLocal } from './cluster-local';
import { effectiveLbSetting, isLocalityWeighted, type LbSetting } from './lb-setting';
import type { ClientProxy, Endpoint, Service, ServicePort } from './model';
import { panicThreshold, sendsUnhealthy } from './readiness';
import type { PlaneView } from './world';

/** Everything that the configuration decides about a service for a client, whatever endpoints there are. */
export interface ServicePolicy {
  readonly destinationRule?: EffectiveDestinationRule;
  /** Labels of the subset; undefined when none was asked for, or the rule has no such subset. */
  readonly subset?: Labels;
  /** Whether the subset asked for isn't in the rule: Envoy then has no cluster to send to. */
  readonly lacksSubset: boolean;
  /** What decides priorities and weights; undefined where it is switched off. */
  readonly setting?: LbSetting;
  /**
   * Whether priorities are given at all. Without outlier detection nothing would ever be found failing, so
   * istiod gives none. It looks at the DestinationRule only: the mesh's default policy doesn't count here.
   */
  readonly failsOver: boolean;
  readonly outlierDetection?: Plain;
  readonly isLocalityWeighted: boolean;
  /** In percent. */
  readonly panicThreshold: number;
  readonly isClusterLocal: boolean;
  readonly sendsUnhealthy: boolean;
  /** Whether traffic to an endpoint is mTLS. */
  readonly isMtls: (endpoint: Endpoint) => boolean;
}

/**
 * Resolves what is in force for a client, service, port and subset.
 *
 * Source: Istio `pilot/pkg/xds/endpoints/endpoint_builder.go` NewCDSEndpointBuilder,
 * getOutlierDetectionAndLoadBalancerSettings.
 */
export function servicePolicy(
  view: PlaneView,
  client: Pick<ClientProxy, 'namespace' | 'labels'>,
  service: Service,
  port: ServicePort,
  subset = '',
): ServicePolicy {
  const { plane } = view;
  const destinationRule = destinationRuleFor(view.destinationRules, client, service);
  const policy = destinationRule && policyFor(destinationRule.spec, port.number, subset);
  const outlierDetection = policy?.outlierDetection ?? meshOutlierDetection(view);
  const setting = effectiveLbSetting(plane, policy, service);
  const wanted = subset === '' ? undefined : subsetLabels(destinationRule, subset);
  return {
    destinationRule,
    subset: wanted,
    lacksSubset: subset !== '' && wanted === undefined,
    setting,
    failsOver:
      setting?.kind === 'zone-aware'
        ? setting.isEnabled
        : setting?.isForced || policy?.outlierDetection !== undefined,
    outlierDetection,
    isLocalityWeighted: isLocalityWeighted(plane, setting, outlierDetection !== undefined),
    panicThreshold: panicThreshold(plane, service, outlierDetection),
    isClusterLocal: isClusterLocal(view.clusterLocal, service.host),
    sendsUnhealthy: sendsUnhealthy(plane, service, policy),
    isMtls: mtlsCheck(view, destinationRule, port.number, subset),
  };
}

/** What of a proxy's place decides its priorities and weights. */
export function dependsOn({ setting, failsOver }: ServicePolicy): { locality: boolean; labels: boolean } {
  if (!setting) return { locality: false, labels: false };
  if (setting.kind === 'locality' && setting.distribute) return { locality: true, labels: false };
  if (!failsOver) return { locality: false, labels: false };
  return { locality: true, labels: (setting.failoverPriority?.length ?? 0) > 0 };
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

/** Source: Istio `cluster_traffic_policy.go` applyDefaultTrafficPolicy (1.31). */
function meshOutlierDetection({ plane }: PlaneView): Plain | undefined {
  if (plane.version !== '1.31') return undefined;
  const found = valueAt(plane.meshConfig, 'defaultTrafficPolicy', 'outlierDetection');
  return found === undefined
    ? undefined
    : plainAt(plane.meshConfig, 'defaultTrafficPolicy', 'outlierDetection');
}
