import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readFolder } from './support/files';
import { ROOT, readmeBlocks } from './support/readme';

/** What a new project needs beside the tarball; taken from this checkout, so that no network is needed. */
const BESIDE = ['cdk8s', 'cdk8s-plus-27', 'commander', 'constructs', 'yaml'];

let folder: string;
const run = (command: string, args: string[]) =>
  execFileSync(command, args, {
    cwd: folder,
    encoding: 'utf8',
    stdio: 'pipe',
  });

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'isthmus-package-'));
  execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: ROOT, stdio: 'pipe' });
  const own = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const local = BESIDE.map(name => [name, `file:${join(ROOT, 'node_modules', name)}`]);
  const dependencies = {
    'cdk8s-isthmus': `file:cdk8s-isthmus-${own.version}.tgz`,
    ...Object.fromEntries(local),
  };
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies }));
  run('npm', ['install', '--offline', '--no-audit', '--no-fund', '--legacy-peer-deps', '--silent']);
  writeFileSync(join(folder, 'main.ts'), readmeBlocks('ts')[0]);
}, 300_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function typeCheck(file: string): string {
  const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022'];
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  return spawnSync(process.execPath, [tsc, ...options, file], { cwd: folder, encoding: 'utf8' }).stdout;
}

test("a new project that installs the tarball type-checks the README's program, and a wrong one too", () => {
  expect(typeCheck('main.ts')).toBe('');
  const wrong = readmeBlocks('ts')[0].replace("role: 'primary'", "role: 'primry'");
  writeFileSync(join(folder, 'wrong.ts'), wrong);
  expect(typeCheck('wrong.ts')).toMatch(
    /^wrong\.ts\(\d+,\d+\): error TS2820: Type '"primry"' is not assignable/,
  );
}, 240_000);

test("a new project's synthesis writes the same bytes", () => {
  run(process.execPath, [join(ROOT, 'node_modules/tsx/dist/cli.mjs'), 'main.ts']);
  expect(Object.fromEntries(readFolder(join(folder, 'dist')))).toEqual(
    Object.fromEntries(readFolder(join(ROOT, 'dist'))),
  );
}, 60_000);

test('the tarball holds no sources, tests or manifests', () => {
  const paths = run('tar', ['-tf', tarball()])
    .trim()
    .split('\n')
    .map(path => path.replace('package/', ''));
  const top = new Set(paths.map(path => path.split('/').slice(0, 2).join('/')));
  expect([...top].sort()).toEqual([
    'LICENSE',
    'README.md',
    'apply.sh',
    'build/imports',
    'build/lib',
    'package.json',
  ]);
  expect(paths.filter(path => /\.test\.|__snapshots__|(?<!\.d)\.ts$/.test(path))).toEqual([]);
});

function tarball(): string {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  return `cdk8s-isthmus-${version}.tgz`;
}
