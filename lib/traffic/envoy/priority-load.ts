/**
 * Envoy counts a level with fewer than all hosts healthy as whole until 1/1.4 of them are left, in percent.
 * Source: Envoy `config.endpoint.v3.ClusterLoadAssignment.Policy.overprovisioning_factor`; Istio doesn't set it.
 */
export const OVERPROVISIONING_PERCENT = 140;

/** The hosts of one priority. */
export interface LevelHealth {
  readonly total: number;
  readonly healthy: number;
}

/** What a priority gets. */
export interface LevelLoad {
  /** In percent, whole numbers; all levels together 100. */
  readonly load: number;
  /** Whether health is ignored in this level. */
  readonly isInPanic: boolean;
}

/**
 * How Envoy spreads load over priorities. Hosts are counted, whatever their weight.
 *
 * Source: Envoy `source/extensions/load_balancing_policies/common/load_balancer_impl.cc`
 * recalculatePerPriorityState, distributeLoad, recalculatePerPriorityPanic, recalculateLoadInTotalPanic.
 *
 * @param panicPercent share of healthy hosts below which a level panics when all levels together aren't enough.
 */
export function priorityLoad(levels: readonly LevelHealth[], panicPercent: number): LevelLoad[] {
  if (levels.length === 0) return [];
  const health = levels.map(({ total, healthy }) =>
    total === 0 ? 0 : Math.min(100, Math.floor((OVERPROVISIONING_PERCENT * healthy) / total)),
  );
  const available = Math.min(
    100,
    health.reduce((sum, level) => sum + level, 0),
  );
  if (available === 0 && panicPercent === 0) {
    // Nothing is healthy and health counts: all load goes to the first level, where no host takes it.
    return levels.map((_, i) => ({ load: i === 0 ? 100 : 0, isInPanic: false }));
  }
  const panics = levels.map(
    ({ total, healthy }) => available < 100 && (total === 0 ? 0 : (100 * healthy) / total) < panicPercent,
  );
  const loads = panics.every(panic => panic) ? loadByHosts(levels) : loadByHealth(health, available);
  return loads.map((load, i) => ({ load, isInPanic: panics[i] }));
}

function loadByHealth(health: readonly number[], available: number): number[] {
  if (available === 0) return health.map(() => 0);
  let left = 100;
  const loads = health.map(level => {
    const load = Math.min(left, Math.floor((level * 100) / available));
    left -= load;
    return load;
  });
  const first = health.findIndex(level => level > 0);
  loads[first] += left;
  return loads;
}

/** Every level panics: load goes by the number of hosts, healthy or not. */
function loadByHosts(levels: readonly LevelHealth[]): number[] {
  const total = levels.reduce((sum, level) => sum + level.total, 0);
  if (total === 0) return levels.map((_, i) => (i === 0 ? 100 : 0));
  const loads = levels.map(level => Math.floor((100 * level.total) / total));
  const first = levels.findIndex(level => level.total > 0);
  loads[first] += 100 - loads.reduce((sum, load) => sum + load, 0);
  return loads;
}
