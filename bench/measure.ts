import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Measurement } from './child';
import type { Case } from './contenders';

/** Longest that one run may take; who needs longer isn't tried on more. */
export const LONGEST_RUN = 120_000;

/** Medians of the runs of one contender on one case. */
export interface Result extends Measurement {
  readonly contender: string;
  readonly case: Case;
  readonly runs: number;
}

/** Runs a contender, each time in a new process; undefined if a run takes too long. */
export function measure(contender: string, what: Case, runs: number): Result | undefined {
  const measured: Measurement[] = [];
  for (let run = 0; run < runs; run++) {
    const child = spawnSync(
      process.execPath,
      [
        '--max-old-space-size=8192',
        ...process.execArgv,
        join(__dirname, 'child.ts'),
        contender,
        JSON.stringify(what),
      ],
      {
        encoding: 'utf8',
        timeout: LONGEST_RUN + 60_000,
        killSignal: 'SIGKILL',
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    if ((child.error as NodeJS.ErrnoException | undefined)?.code === 'ETIMEDOUT') return undefined;
    if (child.status !== 0) throw new Error(`${contender} failed on ${caseName(what)}:\n${child.stderr}`);
    const measurement = JSON.parse(child.stdout) as Measurement;
    if (measurement.synth > LONGEST_RUN) return undefined;
    measured.push(measurement);
  }
  return {
    contender,
    case: what,
    runs,
    build: median(measured.map(({ build }) => build)),
    synth: median(measured.map(({ synth }) => synth)),
    cpu: median(measured.map(({ cpu }) => cpu)),
    memory: median(measured.map(({ memory }) => memory)),
  };
}

/** What a case is called in tables. */
export function caseName({ clusters, objects, services }: Case): string {
  const per = services === undefined ? `${objects} objects` : `${services} mesh services`;
  return `${clusters} × ${per}`;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
