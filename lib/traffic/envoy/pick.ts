import type { Assignment } from '../assignment';
import { type Host, hostsOf } from './hosts';
import { localityLoad } from './locality-load';
import { ejectedHosts } from './outlier';
import { priorityLoad } from './priority-load';

/** The part of a proxy's requests that a host gets. */
export interface HostShare {
  readonly host: Host;
  readonly share: number;
}

/** How a proxy's requests are spread; what isn't sent to a host fails with "no healthy upstream". */
export interface HostPick {
  readonly shares: readonly HostShare[];
  /** Part for which there is no healthy host. */
  readonly unserved: number;
  /** Hosts that outlier detection keeps out. */
  readonly ejected: ReadonlySet<Host>;
  /** Whether the first priority gets everything, by the health of its hosts. */
  readonly isFirstLevelOnly: boolean;
}

/**
 * The shares of hosts in the long run: priority, then locality where it is weighted, then host by weight.
 *
 * Source: Envoy `source/extensions/load_balancing_policies/common/load_balancer_impl.cc`
 * ZoneAwareLoadBalancerBase::hostSourceToUse. LEAST_REQUEST, RANDOM and ROUND_ROBIN come to the same at equal
 * latency. Envoy's own zone-aware routing is left out.
 *
 * @param isFailing whether a host fails all its requests, which only outlier detection can find.
 */
export function pickHosts(assignment: Pickable, isFailing: (host: Host) => boolean = () => false): HostPick {
  const hosts = hostsOf(assignment.localities);
  if (hosts.length === 0) return { shares: [], unserved: 1, ejected: new Set(), isFirstLevelOnly: false };
  const reportedHealthy = (host: Host) => host.assigned.health === 'healthy';
  const ejected = ejectedHosts(
    hosts,
    host => reportedHealthy(host) && isFailing(host),
    assignment.outlierDetection,
  );
  const isHealthy = (host: Host) => reportedHealthy(host) && !ejected.has(host);
  const levels = byPriority(
    hosts,
    assignment.localities.map(group => group.priority),
  );
  const loads = priorityLoad(
    levels.map(level => ({ total: level.length, healthy: level.filter(isHealthy).length })),
    assignment.panicThreshold,
  );
  const shares: HostShare[] = [];
  loads.forEach(({ load, isInPanic }, priority) => {
    if (load === 0) return;
    const level = levels[priority];
    const eligible = isInPanic ? level : level.filter(isHealthy);
    const weighted = assignment.isLocalityWeighted && !isInPanic;
    for (const { host, share } of weighted ? byLocality(assignment, level, isHealthy) : byWeight(eligible)) {
      shares.push({ host, share: (share * load) / 100 });
    }
  });
  const isFirstLevelOnly = loads[0].load === 100 && !loads[0].isInPanic && levels[0].some(isHealthy);
  const served = shares.reduce((sum, { share }) => sum + share, 0);
  return { shares, unserved: served > 1 - 1e-12 ? 0 : 1 - served, ejected, isFirstLevelOnly };
}

/** What of an assignment decides how Envoy picks. */
type Pickable = Pick<Assignment, 'localities' | 'outlierDetection' | 'isLocalityWeighted' | 'panicThreshold'>;

function byPriority(hosts: readonly Host[], priorities: readonly number[]): Host[][] {
  const levels: Host[][] = Array.from({ length: Math.max(...priorities) + 1 }, () => []);
  for (const host of hosts) levels[host.priority].push(host);
  return levels;
}

function byLocality(
  assignment: Pickable,
  level: readonly Host[],
  isHealthy: (host: Host) => boolean,
): HostShare[] {
  const groups = [...new Set(level.map(host => host.group))];
  const members = groups.map(group => level.filter(host => host.group === group));
  const loads = localityLoad(
    members.map((all, i) => ({
      weight: assignment.localities[groups[i]].weight ?? 0,
      total: all.length,
      healthy: all.filter(isHealthy).length,
    })),
  );
  return members.flatMap((all, i) =>
    byWeight(all.filter(isHealthy)).map(({ host, share }) => ({ host, share: share * loads[i] })),
  );
}

function byWeight(hosts: readonly Host[]): HostShare[] {
  const total = hosts.reduce((sum, host) => sum + host.assigned.weight, 0);
  return total === 0 ? [] : hosts.map(host => ({ host, share: host.assigned.weight / total }));
}
