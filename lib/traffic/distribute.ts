import { byText } from '../fleet/plain';
import type { Distribution } from './lb-setting';
import { localityMatches } from './locality';
import type { AssignedLocality, Locality } from './model';

/**
 * Gives groups the weights of the first distribution that is for the proxy's locality: what one target gets is
 * shared among its groups by their weights, rounded up. Groups that no target means lose their endpoints.
 * Without a distribution for the proxy nothing changes.
 *
 * Source: Istio `pilot/pkg/networking/core/loadbalancer/loadbalancer.go` applyLocalityWeights. Istio goes
 * through the targets in no fixed order, which only matters for targets that overlap, and those are refused.
 */
export function applyDistribution(
  groups: readonly AssignedLocality[],
  proxy: Locality,
  distributions: readonly Distribution[],
): AssignedLocality[] {
  const distribution = distributions.find(candidate => localityMatches(proxy, candidate.from));
  if (!distribution) return [...groups];
  const result = [...groups];
  const left = new Set(groups.keys());
  for (const target of Object.keys(distribution.to).sort(byText)) {
    const matched = [...left].filter(i => localityMatches(groups[i].locality, target));
    // A group that lost all its hosts has no weight; istiod counts it as 1.
    const total = matched.reduce((sum, i) => sum + (groups[i].weight ?? 1), 0);
    for (const i of matched) {
      left.delete(i);
      const share = ((groups[i].weight ?? 1) * distribution.to[target]) / total;
      if (share > 0) result[i] = { ...groups[i], weight: Math.ceil(share) };
    }
  }
  for (const i of left) result[i] = { ...groups[i], endpoints: [] };
  return result;
}
