import type { RegionFailover } from './lb-setting';
import type { AssignedLocality, Locality } from './model';
import { compactPriorities } from './priorities';

/** How many priorities regions can give to one group. */
const LEVELS = 3;

/**
 * Keeps a region together, so that Envoy balances its zones: the own region first, then the one a rule names,
 * then all others.
 *
 * Source: Istio `pilot/pkg/networking/core/loadbalancer/loadbalancer.go` applyZoneAwareRegionalFailover (1.31).
 */
export function applyRegionalFailover(
  groups: readonly AssignedLocality[],
  proxy: Locality,
  failover: readonly RegionFailover[],
): AssignedLocality[] {
  const rule = failover.find(candidate => candidate.from === proxy.region);
  return compactPriorities(
    groups.map(group => {
      const { region } = group.locality;
      const bucket = region === proxy.region ? 0 : region === rule?.to ? 1 : 2;
      return { ...group, priority: group.priority * LEVELS + bucket };
    }),
  );
}
