import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const LIB = join(__dirname, '../../lib');

/** The modules that a file reaches by imports, itself included; packages by their name. */
function reach(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  const text = readFileSync(file, 'utf8');
  for (const [, source] of text.matchAll(/^(?:import|export)\b[^;]*?\bfrom '([^']+)'/gm)) {
    if (source.startsWith('.')) reach(`${resolve(dirname(file), source)}.ts`, seen);
    else seen.add(source);
  }
  return seen;
}

function filesIn(folder: string): string[] {
  return readdirSync(join(LIB, folder), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts'))
    .map(name => join(LIB, folder, name));
}

const reached = (folder: string) => [...new Set(filesIn(folder).flatMap(file => [...reach(file)]))];
const folderOf = (file: string) => relative(LIB, file).split('/')[0];

test('lib/traffic runs in a browser: nothing that it reaches needs Node', () => {
  expect(reached('traffic').filter(name => name.startsWith('node:'))).toEqual([]);
  expect(reached('traffic').filter(name => !name.startsWith('/'))).toEqual(['yaml']);
});

test('lib/fleet and lib/traffic never reach a construct', () => {
  const all = [...reached('fleet'), ...reached('traffic')];
  expect(all.filter(name => /^(cdk8s|constructs)/.test(name))).toEqual([]);
  const folders = new Set(all.filter(name => name.startsWith('/')).map(folderOf));
  expect([...folders].sort()).toEqual(['fleet', 'manifest.ts', 'traffic']);
});
