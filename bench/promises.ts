import type { Case } from './contenders';
import type { Result } from './measure';

/** What is promised, and whether the results keep it. */
export interface Promised {
  readonly text: string;
  readonly kept: boolean;
}

/** Longer than linear by more than this is not linear. */
const LINEAR_WITHIN = 1.5;

/** Checks what the results allow to check. */
export function promisesKept(results: readonly Result[]): Promised[] {
  const of = (contender: string, clusters: number, objects: number) =>
    results.find(
      ({ contender: c, case: what }) =>
        c === contender && what.clusters === clusters && what.objects === objects,
    );
  const promises: Promised[] = [];
  const check = (text: string, value: number | undefined, limit: number, atLeast: boolean) => {
    if (value === undefined || Number.isNaN(value)) return;
    const kept = atLeast ? value >= limit : value <= limit;
    promises.push({
      text: `${text}: ${value.toFixed(1)} (${atLeast ? 'at least' : 'at most'} ${limit})`,
      kept,
    });
  };
  const ours = of('ours', 500, 200);
  const large = of('ours', 5000, 200);
  if (ours) {
    const times = (other: Result | undefined) => other && other.synth / ours.synth;
    check(
      'times as fast as an app per cluster, 100,000 objects',
      times(of('app per cluster', 500, 200)),
      12,
      true,
    );
    check('times as fast as one app, 100,000 objects', times(of('one app', 500, 200)), 60, true);
    const floor = of('floor', 500, 200);
    check('times the floor, 100,000 objects', floor && ours.synth / floor.synth, 4, false);
    check(
      'times as long for ten times as many objects',
      large && large.synth / ours.synth,
      10 * LINEAR_WITHIN,
      false,
    );
  }
  check('GiB of memory for 1,000,000 objects', large && large.memory / 1024, 1.5, false);
  return promises;
}

/** The cases of a full and of a quick run. */
export const CASES: Readonly<Record<'full' | 'quick', readonly Case[]>> = {
  full: [
    { clusters: 10, objects: 200 },
    { clusters: 100, objects: 200 },
    { clusters: 500, objects: 200 },
    { clusters: 5000, objects: 200 },
    { clusters: 1, objects: 100_000 },
    { clusters: 200, services: 100 },
  ],
  quick: [
    { clusters: 10, objects: 200 },
    { clusters: 50, objects: 200 },
    { clusters: 1, objects: 10_000 },
    { clusters: 10, services: 20 },
  ],
};
