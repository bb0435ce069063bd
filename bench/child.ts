import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Case, CONTENDERS, type ContenderName } from './contenders';

/** One measurement, in a process of its own: `tsx bench/child.ts NAME CASE-AS-JSON`. */
export interface Measurement {
  /** Milliseconds to build the constructs, or the objects. */
  readonly build: number;
  /** Milliseconds to turn them into files. */
  readonly synth: number;
  /** Milliseconds of processor time for that: comparable on a machine that does other things too. */
  readonly cpu: number;
  /** Largest resident memory of the process, in MiB. */
  readonly memory: number;
}

const [name, what] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'isthmus-bench-'));
try {
  const start = performance.now();
  const synth = CONTENDERS[name as ContenderName](JSON.parse(what) as Case, join(folder, 'dist'));
  const built = performance.now();
  const before = process.cpuUsage();
  synth();
  const done = performance.now();
  const used = process.cpuUsage(before);
  const measurement: Measurement = {
    build: built - start,
    synth: done - built,
    cpu: (used.user + used.system) / 1000,
    memory: process.resourceUsage().maxRSS / 1024,
  };
  process.stdout.write(JSON.stringify(measurement));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
