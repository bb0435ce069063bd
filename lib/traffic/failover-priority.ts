import { LABELS, type Labels } from '../fleet/labels';
import type { AssignedEndpoint, AssignedLocality } from './model';
import { compactPriorities } from './priorities';

/**
 * Splits groups by how many of the listed labels an endpoint shares with the proxy, from the first on: all is
 * priority 0. An entry `label=value` stands for that value instead of the proxy's. Does nothing for a proxy
 * without labels.
 *
 * Source: Istio `pilot/pkg/networking/core/loadbalancer/loadbalancer.go` applyFailoverPriorities,
 * applyFailoverPriorityPerLocality.
 *
 * @param prefersNetwork whether a network that comes first is preferred only, so that the other labels still
 * count where it differs (from 1.31), or required.
 */
export function applyFailoverPriorities(
  groups: readonly AssignedLocality[],
  proxyLabels: Labels,
  entries: readonly string[],
  prefersNetwork: boolean,
): AssignedLocality[] {
  if (Object.keys(proxyLabels).length === 0) return [...groups];
  const priorityOf = rank(proxyLabels, entries, prefersNetwork);
  const split: AssignedLocality[] = [];
  for (const group of groups) {
    const byPriority = new Map<number, AssignedEndpoint[]>();
    for (const endpoint of group.endpoints) {
      const priority = priorityOf(endpoint.labels);
      const list = byPriority.get(priority);
      if (list) list.push(endpoint);
      else byPriority.set(priority, [endpoint]);
    }
    for (const priority of [...byPriority.keys()].sort((a, b) => a - b)) {
      const endpoints = byPriority.get(priority)!;
      const weight = endpoints.reduce((sum, endpoint) => sum + endpoint.weight, 0);
      split.push({ ...group, priority, weight, endpoints });
    }
  }
  return compactPriorities(split);
}

function rank(
  proxyLabels: Labels,
  entries: readonly string[],
  prefersNetwork: boolean,
): (labels: Labels) => number {
  const hasNetworkFirst = prefersNetwork && entries[0] === LABELS.network;
  const wanted = entries.map(entry => {
    const parts = entry.split('=');
    return { label: parts[0], value: parts.length === 2 ? parts[1] : (proxyLabels[parts[0]] ?? '') };
  });
  return labels => {
    let beyondNetwork = 0;
    for (const [j, { label, value }] of wanted.entries()) {
      if (value === (labels[label] ?? '')) continue;
      if (j === 0 && hasNetworkFirst) beyondNetwork = entries.length;
      else return entries.length - j + beyondNetwork;
    }
    return beyondNetwork;
  };
}
