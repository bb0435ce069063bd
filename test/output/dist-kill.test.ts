import { type ChildProcess, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { dirname, join } from 'node:path';
import { transformFileSync } from '@swc/core';
import * as fc from 'fast-check';
import { assertCompleteDist } from '../../lib/output/dist-reader';
import { DistWriter } from '../../lib/output/dist-writer';
import { readFiles, temporaryFolders } from './dist-fixtures';

const folder = temporaryFolders();
const KILLS = 20;

/** Writes one generation after the other, as fast as it can. Odd ones have other files than even ones. */
const WRITER = `
const { DistWriter } = require('./dist-writer.js');
const [outdir, first, readyAt] = process.argv.slice(2);
for (let generation = Number(first); ; generation++) {
  if (readyAt === 'start') process.stdout.write('ready');
  const writer = new DistWriter(outdir);
  for (let cluster = 0; cluster < 12; cluster++) {
    const folder = 'c' + cluster + (cluster % 3 === 0 ? '-' + (generation % 2) : '');
    writer.file(folder + '/00-namespaces.yaml', generation + '\\n'.repeat(5000));
    writer.file(folder + '/10-istio.yaml', 'same\\n');
  }
  writer.commit(JSON.stringify({ generation }));
  if (readyAt === 'end') process.stdout.write('ready');
  if (readyAt === 'start') break;
}
`;

let program: string;
beforeAll(() => {
  const lib = join(__dirname, '../../lib/output');
  const built = folder();
  for (const name of fs.readdirSync(lib).filter(name => /^(?:dist|file)-/.test(name))) {
    const { code } = transformFileSync(join(lib, name), {
      swcrc: false,
      jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
      module: { type: 'commonjs' },
    });
    fs.writeFileSync(join(built, name.replace(/\.ts$/, '.js')), code);
  }
  program = join(built, 'main.js');
  fs.writeFileSync(program, WRITER);
});

/** The generation of the dist, all of whose files must be of it; undefined if readers refuse it. */
function generationOf(outdir: string): number | undefined {
  try {
    assertCompleteDist(outdir);
  } catch {
    return undefined;
  }
  const files = readFiles(outdir);
  const { generation } = JSON.parse(files['fleet.json']) as { generation: number };
  expect(Object.keys(files).length).toBe(25);
  for (const [path, text] of Object.entries(files)) {
    if (path.endsWith('00-namespaces.yaml')) expect(text).toBe(`${generation}${'\n'.repeat(5000)}`);
    else if (path.endsWith('.yaml')) expect(text).toBe('same\n');
    const parity = /^c\d+-(\d)/.exec(path);
    if (parity) expect(Number(parity[1])).toBe(generation % 2);
  }
  return generation;
}

/** Lets a process write and kills it without warning some time after it says that it is ready. */
async function writeAndKill(outdir: string, first: number, delay: number, readyAt: string): Promise<void> {
  const child: ChildProcess = spawn(process.execPath, [program, outdir, String(first), readyAt], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = new Promise(done => child.once('close', done));
  await new Promise(done => child.stdout!.once('data', done));
  await new Promise(done => setTimeout(done, delay));
  child.kill('SIGKILL');
  await closed;
}

/** Random moments, in milliseconds; a generation takes about five. */
const moments = (max: number) => fc.sample(fc.double({ min: 0, max, noNaN: true }), KILLS);

test(`killed ${KILLS} times at random moments, the dist is always whole`, async () => {
  const outdir = join(folder(), 'dist');
  let last = 0;
  for (const delay of moments(20)) {
    await writeAndKill(outdir, last, delay, 'end');
    const generation = generationOf(outdir);
    expect(generation).toBeGreaterThanOrEqual(last);
    last = generation! + 1;
  }
  const writer = new DistWriter(outdir);
  writer.commit('{}');
  expect(fs.readdirSync(dirname(outdir))).toEqual(['dist']);
}, 60_000);

test('killed under cdk8s synth, which removes the folder first, it is whole or refused', async () => {
  const outdir = join(folder(), 'dist');
  const outcomes = new Set<number | undefined>();
  for (const delay of [...moments(10), 0, 1000]) {
    fs.rmSync(outdir, { recursive: true, force: true });
    await writeAndKill(outdir, 7, delay, 'start');
    outcomes.add(generationOf(outdir));
  }
  expect([...outcomes].sort()).toEqual([7, undefined]);
}, 60_000);
