// `npm run conformance [-- [--quick] [--examples] [--random N] DIR…]`: builds the judges of conformance/ and puts folders before them.
//
// DIR…        dists to judge; `dist` when none is given
// --examples  also every examples/*.ts, synthesized into a temporary folder
// --random N  how many made-up meshes istiod is asked about, 100 by default; mesh i is made from seed i
// --quick     without the Kubernetes API servers, whose first build takes minutes
//
// Exit codes: 0 agreed, 1 an unexplained disagreement, 2 unusable input or a judge that can't be built, 3 no Go.

import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const ROOT = resolve(fileURLToPath(import.meta.url), '../..');
const MODULE = join(ROOT, 'conformance');
const BIN = join(MODULE, '.bin');
const TSX = join(ROOT, 'node_modules/tsx/dist/cli.mjs');
const GO = { major: 1, minor: 26 };

/** One binary for each Kubernetes version: the same source, another go.mod. */
const KUBERNETES = [
  { name: 'kubernetes-1.32', modfile: 'kubernetes-1.32.mod' },
  { name: 'kubernetes-1.37', modfile: 'go.mod' },
];

function main(args) {
  const { values: flags, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      examples: { type: 'boolean', default: false },
      random: { type: 'string', default: '100' },
    },
  });
  const missing = goProblem();
  if (missing) return fail(3, missing);

  const scratch = mkdtempSync(join(tmpdir(), 'isthmus-conformance-'));
  try {
    const dirs = positionals.length > 0 ? positionals : ['dist'];
    if (flags.examples) dirs.push(...synthesizeExamples(scratch));
    for (const dir of dirs) {
      if (!existsSync(join(dir, 'fleet.json')))
        return fail(2, `${dir} holds no fleet.json: run npm run synth first, or name another folder`);
    }
    const servers = flags.quick ? [] : KUBERNETES;
    build(MODULE, 'istio', 'go.mod');
    for (const { name, modfile } of servers) build(join(MODULE, 'kubernetes'), name, modfile);
    if (servers.length === 0) console.log('--quick: no Kubernetes API server is asked');
    const options = servers.flatMap(({ name }) => ['-kubernetes', join(BIN, name)]);
    options.push('-assignments', writeAssignments(scratch, flags.random, dirs));
    // Istio's test helpers warn of a missing build folder unless they are given one.
    const env = { ...process.env, TARGET_OUT: scratch, LOCAL_OUT: scratch };
    const { status, error } = spawnSync(join(BIN, 'istio'), [...options, ...dirs], { stdio: 'inherit', env });
    if (error) throw error;
    return status ?? 2;
  } catch (error) {
    return fail(2, error.message);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** What is wrong with the machine's Go, with the way out, or undefined. */
function goProblem() {
  const wayOut = `The judges are built with Go ${GO.major}.${GO.minor} or newer: install it from go.dev/doc/install or your distribution, and have \`go\` on the PATH.`;
  const { status, stdout } = spawnSync('go', ['env', 'GOVERSION'], { encoding: 'utf8' });
  if (status !== 0) return `there is no Go on this machine. ${wayOut}`;
  const [, major, minor] = /^go(\d+)\.(\d+)/.exec(stdout.trim()) ?? [];
  const enough = Number(major) > GO.major || (Number(major) === GO.major && Number(minor) >= GO.minor);
  return enough ? undefined : `${stdout.trim()} is too old. ${wayOut}`;
}

/** Builds one binary and says how long it took; with a warm cache that is a second. */
function build(cwd, name, modfile) {
  mkdirSync(BIN, { recursive: true });
  const start = process.hrtime.bigint();
  const { status } = spawnSync(
    'go',
    ['build', '-buildvcs=false', `-modfile=${modfile}`, '-o', join(BIN, name), '.'],
    {
      cwd,
      stdio: ['ignore', 'inherit', 'inherit'],
    },
  );
  if (status !== 0) throw new Error(`judge ${name} can't be built`);
  console.log(`built ${name} in ${(Number(process.hrtime.bigint() - start) / 1e9).toFixed(0)} s`);
}

/** Runs every example and gives the folders that they wrote. */
function synthesizeExamples(scratch) {
  const examples = readdirSync(join(ROOT, 'examples')).filter(
    file => file.endsWith('.ts') && !file.includes('.test.'),
  );
  if (examples.length === 0) throw new Error('examples/ holds no example');
  return examples.sort().map(file => {
    const out = join(scratch, basename(file, '.ts'));
    const { status } = spawnSync(process.execPath, [TSX, join(ROOT, 'examples', file)], {
      cwd: ROOT,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, CDK8S_OUTDIR: out },
    });
    if (status !== 0) throw new Error(`example ${file} can't be synthesized`);
    return out;
  });
}

/** What this library says that every proxy is told, for istiod to be asked the same. */
function writeAssignments(scratch, random, dirs) {
  const file = join(scratch, 'assignments.json');
  const out = openSync(file, 'w');
  try {
    const { status } = spawnSync(
      process.execPath,
      [TSX, join(ROOT, 'tools/conformance-assignments.ts'), '--random', random, ...dirs],
      {
        cwd: process.cwd(),
        stdio: ['ignore', out, 'inherit'],
      },
    );
    if (status !== 0) throw new Error("the assignments can't be computed");
  } finally {
    closeSync(out);
  }
  return file;
}

function fail(code, message) {
  console.error(`conformance: ${message}`);
  return code;
}

try {
  process.exitCode = main(process.argv.slice(2));
} catch (error) {
  process.exitCode = fail(2, error.message);
}
