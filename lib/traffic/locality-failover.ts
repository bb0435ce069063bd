import type { RegionFailover } from './lb-setting';
import { localityDistance } from './locality';
import type { AssignedLocality, Locality } from './model';
import { compactPriorities } from './priorities';

/** How many priorities locality failover can give to one group. */
const LEVELS = 5;

/**
 * The nearer a group, the higher its priority: same subzone, zone, region, elsewhere; where a rule sends the
 * traffic of the proxy's region to another one, all other regions come last. Priorities that groups already
 * have are kept apart.
 *
 * Source: Istio `pilot/pkg/networking/core/loadbalancer/loadbalancer.go` applyLocalityFailover.
 */
export function applyLocalityFailover(
  groups: readonly AssignedLocality[],
  proxy: Locality,
  failover: readonly RegionFailover[],
): AssignedLocality[] {
  const rule = failover.find(candidate => candidate.from === proxy.region);
  return compactPriorities(
    groups.map(group => {
      let distance = localityDistance(proxy, group.locality);
      if (distance === 3 && rule && group.locality.region !== rule.to) distance = 4;
      return { ...group, priority: group.priority * LEVELS + distance };
    }),
  );
}
