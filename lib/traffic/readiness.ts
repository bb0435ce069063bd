import { type ControlPlane, flag } from '../fleet/control-plane';
import { numberAt } from '../fleet/plain';
import type { TrafficPolicy } from '../fleet/traffic-policy';
import type { Service } from './model';

/** Share of healthy hosts below which Envoy stops looking at health, when nobody says otherwise. */
export const ENVOY_PANIC_PERCENT = 50;

/**
 * Whether endpoints that aren't ready are sent, marked unhealthy, instead of being left out: always with
 * trafficDistribution, else by default from 1.31 on unless outlier detection sets `minHealthPercent`.
 *
 * Source: Istio `pilot/pkg/xds/endpoints/endpoint_builder.go` supportsUnhealthyEndpoints,
 * `pilot/pkg/model/service.go` SupportsUnhealthyEndpoints.
 */
export function sendsUnhealthy(
  plane: ControlPlane,
  service: Service,
  policy: TrafficPolicy | undefined,
): boolean {
  if (forcesUnhealthy(plane, service)) return true;
  if (!sendsByDefault(plane)) return false;
  return !((numberAt(policy?.outlierDetection, 'minHealthPercent') ?? 0) > 0);
}

/**
 * The panic threshold of the cluster in Envoy, in percent.
 *
 * Source: Istio `pilot/pkg/networking/core/cluster_traffic_policy.go` applyOutlierDetection,
 * applyLoadBalancer.
 */
export function panicThreshold(
  plane: ControlPlane,
  service: Service,
  outlierDetection: TrafficPolicy['outlierDetection'],
): number {
  if (outlierDetection) {
    return forcesUnhealthy(plane, service) ? 0 : (numberAt(outlierDetection, 'minHealthPercent') ?? 0);
  }
  return forcesUnhealthy(plane, service) || sendsByDefault(plane) ? 0 : ENVOY_PANIC_PERCENT;
}

function forcesUnhealthy(plane: ControlPlane, service: Service): boolean {
  return flag(plane, 'PILOT_SEND_UNHEALTHY_ENDPOINTS', false) || service.trafficDistribution !== 'any';
}

function sendsByDefault(plane: ControlPlane): boolean {
  return plane.version === '1.31' && flag(plane, 'PILOT_AUTO_SEND_UNHEALTHY_ENDPOINTS', true);
}
