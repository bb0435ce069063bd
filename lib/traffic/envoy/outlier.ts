import { numberAt, type Plain } from '../../fleet/plain';
import type { Host } from './hosts';

/** Share of hosts that may be ejected when nothing is said, in percent. Source: Envoy OutlierDetection. */
const DEFAULT_MAX_EJECTION_PERCENT = 10;

/**
 * The hosts that outlier detection has ejected once every host that fails all requests was found: in the order
 * of priority, as lower ones get no requests before, and never more than the allowed share of all hosts of
 * the cluster. With fewer than ten hosts the default of 10 % lets none be ejected.
 *
 * Source: Envoy `source/common/upstream/outlier_detection_impl.cc` ejectHost; Istio
 * `pilot/pkg/networking/core/cluster_traffic_policy.go` applyOutlierDetection (alwaysEjectOneHost isn't set).
 */
export function ejectedHosts(
  hosts: readonly Host[],
  isFailing: (host: Host) => boolean,
  outlierDetection: Plain | undefined,
): ReadonlySet<Host> {
  const ejected = new Set<Host>();
  if (!outlierDetection || !canEject(outlierDetection)) return ejected;
  // Istio hands a value on only when it is above zero.
  const limit = numberAt(outlierDetection, 'maxEjectionPercent') || DEFAULT_MAX_EJECTION_PERCENT;
  const failing = hosts.filter(isFailing).sort((a, b) => a.priority - b.priority);
  for (const host of failing) {
    if ((100 * (ejected.size + 1)) / hosts.length > limit) break;
    ejected.add(host);
  }
  return ejected;
}

/** Whether any of the detectors is on: consecutive 5xx is, unless set to 0. */
function canEject(outlierDetection: Plain): boolean {
  const errors = (field: string) => numberAt(outlierDetection, field);
  const is5xxOn = (errors('consecutive5xxErrors') ?? 5) > 0;
  const isGatewayOn = (errors('consecutiveGatewayErrors') ?? 0) > 0;
  const isLocalOn =
    outlierDetection.splitExternalLocalOriginErrors === true &&
    (errors('consecutiveLocalOriginFailures') ?? 5) > 0;
  return is5xxOn || isGatewayOn || isLocalOn;
}
