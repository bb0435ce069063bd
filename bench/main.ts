import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type Case, CONTENDERS } from './contenders';
import { caseName, LONGEST_RUN, measure, type Result } from './measure';
import { measureOthers } from './others';
import { scalingPlot } from './plot';
import { CASES, promisesKept } from './promises';

/**
 * Measures synthesis side by side, each run in a process of its own:
 * `npm run bench -- [--quick] [--runs N] [--json FILE] [--plot FILE.svg]`.
 * Exits 1 if what is promised isn't kept.
 */
function main(): void {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      runs: { type: 'string' },
      json: { type: 'string' },
      plot: { type: 'string' },
    },
  });
  const cases = CASES[values.quick ? 'quick' : 'full'];
  const runs = Number(values.runs ?? (values.quick ? 3 : 5));
  if (!Number.isInteger(runs) || runs < 1)
    throw new Error(`--runs ${values.runs}: give a whole number, 1 or more`);
  const results: Result[] = [];
  for (const what of cases) {
    process.stdout.write(`\n${caseName(what)}\n${HEADER}`);
    const floor = measure('floor', what, runs);
    for (const contender of Object.keys(CONTENDERS)) {
      const result =
        contender === 'floor' ? floor : gaveUp(contender, what) ? undefined : measure(contender, what, runs);
      if (result) results.push(result);
      else givenUp.push([contender, total(what)]);
      process.stdout.write(row(contender, result, floor));
    }
    for (const result of measureOthers(what, runs)) {
      results.push(result);
      process.stdout.write(row(result.contender, result, floor));
    }
  }
  if (values.json) writeFileSync(values.json, `${JSON.stringify({ results }, null, 2)}\n`);
  if (values.plot) writeFileSync(values.plot, scalingPlot(results));
  const promises = promisesKept(results);
  process.stdout.write('\n');
  for (const { text, kept } of promises) process.stdout.write(`${kept ? 'kept    ' : 'BROKEN  '}${text}\n`);
  const broken = promises.filter(({ kept }) => !kept).length;
  process.stdout.write(
    `${results.length} medians of ${runs} runs; ${promises.length - broken} of ${promises.length} promises kept\n`,
  );
  process.exitCode = broken > 0 ? 1 : 0;
}

/** Who took too long, on how many objects. */
const givenUp: [contender: string, objects: number][] = [];

function gaveUp(contender: string, what: Case): boolean {
  return givenUp.some(
    ([other, objects]) => other === contender && objects <= total(what) && what.clusters > 1,
  );
}

function total({ clusters, objects, services }: Case): number {
  return clusters * (objects ?? (services ?? 0) * 5);
}

const WIDTHS = [18, 10, 10, 9, 9, 11] as const;
const HEADER = line(['', 'build s', 'synth s', '× floor', 'cpu s', 'memory MiB']);

function row(contender: string, result: Result | undefined, floor: Result | undefined): string {
  if (!result) return line([contender, '', `> ${LONGEST_RUN / 1000}`, '', '', '']);
  return line([
    contender,
    (result.build / 1000).toFixed(2),
    (result.synth / 1000).toFixed(2),
    floor ? (result.synth / floor.synth).toFixed(1) : '',
    result.cpu > 0 ? (result.cpu / 1000).toFixed(2) : '',
    result.memory > 0 ? result.memory.toFixed(0) : '',
  ]);
}

function line(cells: readonly string[]): string {
  const padded = cells.map((cell, index) =>
    index === 0 ? cell.padEnd(WIDTHS[0]) : cell.padStart(WIDTHS[index]),
  );
  return `  ${padded.join('').trimEnd()}\n`;
}

main();
