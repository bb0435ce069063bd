/**
 * Generates imports/ from CRDs.
 *
 *   npm run import                      the public addresses under `imports:` in cdk8s.yaml
 *   npm run import -- FILE|URL ...      these instead
 *   npm run import -- --check FILE ...  writes nothing; exit code 1 when imports/ isn't what they give
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { generateImports } from './import/generate';

const ROOT = join(__dirname, '..');
const IMPORTS = join(ROOT, 'imports');

async function main(args: readonly string[]): Promise<number> {
  const named = args.filter(arg => arg !== '--check');
  const sources = named.length > 0 ? named : listedSources();
  const texts = new Map<string, string>();
  for (const source of sources) texts.set(source, await read(source));
  const files = generateImports(texts);
  const stale = [...differing(files)];
  if (args.includes('--check')) {
    stale.forEach(file => {
      console.error(`imports/${file} is not what these CRDs give`);
    });
    return stale.length > 0 ? 1 : 0;
  }
  mkdirSync(IMPORTS, { recursive: true });
  for (const file of stale) {
    const text = files.get(file);
    if (text === undefined) rmSync(join(IMPORTS, file));
    else writeFileSync(join(IMPORTS, file), text);
  }
  console.log(`imports/: ${files.size} files, ${stale.length} changed`);
  return 0;
}

function listedSources(): string[] {
  return (parse(readFileSync(join(ROOT, 'cdk8s.yaml'), 'utf8')) as { imports: string[] }).imports;
}

async function read(source: string): Promise<string> {
  if (!/^https?:/.test(source)) return readFileSync(source, 'utf8');
  const response = await fetch(source);
  if (!response.ok) throw new Error(`${source}: ${response.status} ${response.statusText}`);
  return response.text();
}

/** Files of imports/ that are missing, different or no longer generated. */
function differing(files: ReadonlyMap<string, string>): Set<string> {
  const present = existsSync(IMPORTS) ? readdirSync(IMPORTS) : [];
  const names = new Set([...files.keys(), ...present]);
  return new Set([...names].filter(name => !present.includes(name) || contentOf(name) !== files.get(name)));
}

function contentOf(name: string): string {
  return readFileSync(join(IMPORTS, name), 'utf8');
}

main(process.argv.slice(2)).then(
  code => {
    process.exitCode = code;
  },
  (error: Error) => {
    console.error(error.message);
    process.exitCode = 2;
  },
);
