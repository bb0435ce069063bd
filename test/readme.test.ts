import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readFolder, writtenFiles } from './support/files';
import { ROOT, readmeBlocks } from './support/readme';

/** The README is held against the code: what it shows is what happens. */

const main = readFileSync(join(ROOT, 'main.ts'), 'utf8');
const [program] = readmeBlocks('ts');

/** Runs a changed main.ts in its place; gives what it wrote and what it said. */
function run(source: string, outdir: string) {
  const file = join(ROOT, `readme-${process.pid}.tmp.ts`);
  writeFileSync(file, source);
  try {
    return spawnSync(process.execPath, [join(ROOT, 'node_modules/tsx/dist/cli.mjs'), file], {
      env: { ...process.env, CDK8S_OUTDIR: outdir },
      encoding: 'utf8',
    });
  } finally {
    rmSync(file);
  }
}

test('the program that it shows is main.ts', () => {
  const code = (text: string) =>
    text
      .replace(/^import .*\n/m, '')
      .replace(/^\/\/.*\n/gm, '')
      .trim();
  expect(code(program)).toBe(code(main));
});

test('the files that it lists are those of dist', () => {
  const [listing] = readmeBlocks('text');
  expect(listing.trim().split('\n')).toEqual([...readFolder(join(ROOT, 'dist')).keys()]);
});

test('the error that it quotes is what a misspelt cluster gets, and dist stays as it was', () => {
  const [, quoted] = readmeBlocks('text');
  const files = writtenFiles(outdir => {
    expect(run(main, outdir).status).toBe(0);
    const { status, stderr } = run(main.replace('v3: [saoPaulo]', "v3: ['sao-paolo']"), outdir);
    expect(status).toBe(1);
    expect(stderr).toContain(quoted.trim());
  });
  expect(Object.fromEntries(files)).toEqual(Object.fromEntries(readFolder(join(ROOT, 'dist'))));
}, 30_000);

test('the change that it shows is what the failover policy changes, once per service and nowhere else', () => {
  const [diff] = readmeBlocks('diff');
  const added = diff
    .split('\n')
    .filter(line => line.startsWith('+'))
    .map(line => `${line.slice(1)}\n`)
    .join('');
  const changed = main.replace('v3: [saoPaulo] },', "v3: [saoPaulo] },\n  locality: { mode: 'failover' },");
  const files = writtenFiles(outdir => expect(run(changed, outdir).status).toBe(0));
  const before = readFolder(join(ROOT, 'dist'));
  expect([...files].filter(([path, text]) => before.get(path) !== text).map(([path]) => path)).toEqual([
    'frankfurt/30-mesh.yaml',
  ]);
  const mesh = files.get('frankfurt/30-mesh.yaml')!;
  expect(mesh.split(added)).toHaveLength(5);
  expect(mesh.replaceAll(added, '')).toBe(before.get('frankfurt/30-mesh.yaml'));
}, 30_000);

test('the commands of apply.sh that need no cluster do what it says', () => {
  const [, , apply] = readmeBlocks('sh');
  for (const command of apply.trim().split('\n')) {
    const { status, stdout, stderr } = spawnSync('bash', ['-c', command], { cwd: ROOT, encoding: 'utf8' });
    expect([command, status, stderr]).toEqual([command, 0, '']);
    expect(stdout).toContain('sao-paulo/istiod');
  }
});

test('the isthmus commands answer as it says', () => {
  const [, , , commands] = readmeBlocks('sh');
  const answers = commands
    .trim()
    .split('\n')
    .map(command => {
      const [, args] = command.split(' -- ');
      const tsx = join(ROOT, 'node_modules/tsx/dist/cli.mjs');
      return spawnSync(process.execPath, [tsx, 'lib/cli/main.ts', ...args.split(' ')], {
        cwd: ROOT,
        encoding: 'utf8',
      });
    });
  expect(answers.map(({ status }) => status)).toEqual([0, 0, 0]);
  const [analysis, , whatIf] = answers.map(({ stdout }) => stdout);
  expect(analysis).toContain('0 errors, 0 warnings');
  expect(whatIf.match(/33\.3 % v[123]/g)!.slice(0, 3)).toEqual(['33.3 % v1', '33.3 % v2', '33.3 % v3']);
  expect(whatIf).toMatch(/50 % v1 in frankfurt.*\n.*50 % v2 in frankfurt/);
}, 60_000);

test('its npm commands exist', () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const named = readFileSync(join(ROOT, 'README.md'), 'utf8').matchAll(/npm run ([\w:-]+)/g);
  for (const [, name] of named) expect(scripts).toHaveProperty([name]);
});
