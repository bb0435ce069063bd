import { OVERPROVISIONING_PERCENT } from './priority-load';

/** The hosts of one locality in a priority. */
export interface LocalityHealth {
  readonly weight: number;
  readonly total: number;
  readonly healthy: number;
}

/**
 * The shares of localities that are picked by weight: a locality keeps its weight until fewer than 1/1.4 of
 * its hosts are healthy. All zero when none has a healthy host.
 *
 * Source: Envoy `source/extensions/load_balancing_policies/common/locality_wrr.cc` effectiveLocalityWeight.
 */
export function localityLoad(localities: readonly LocalityHealth[]): number[] {
  const weights = localities.map(({ weight, total, healthy }) =>
    total === 0 ? 0 : weight * Math.min(1, ((OVERPROVISIONING_PERCENT / 100) * healthy) / total),
  );
  const sum = weights.reduce((all, weight) => all + weight, 0);
  return sum === 0 ? weights : weights.map(weight => weight / sum);
}
