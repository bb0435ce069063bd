import type { AssignedLocality } from './model';

/**
 * Numbers priorities from 0 without gaps, keeping their order.
 *
 * Source: Istio `pilot/pkg/networking/core/loadbalancer/loadbalancer.go` (the second half of
 * applyLocalityFailover and applyFailoverPriorities).
 */
export function compactPriorities(groups: readonly AssignedLocality[]): AssignedLocality[] {
  const used = [...new Set(groups.map(group => group.priority))].sort((a, b) => a - b);
  const position = new Map(used.map((priority, i) => [priority, i]));
  return groups.map(group => ({ ...group, priority: position.get(group.priority)! }));
}
