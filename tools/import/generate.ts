import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type CustomResourceDefinition, readCrds } from './crd';
import { fieldsOf } from './fields';
import { selectCrds } from './select';

/** File name and content of everything in imports/, from the texts of CRD files by their name or address. */
export function generateImports(sources: ReadonlyMap<string, string>): Map<string, string> {
  const crds = selectCrds([...sources].flatMap(([name, text]) => readCrds(text, name)));
  const files = runCdk8sImport(crds);
  files.set('fields.json', `${JSON.stringify(fieldsOf(crds), null, 1)}\n`);
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * What `cdk8s import` makes of CRDs: one file per API group. All of a group have to be in one call, the CLI
 * overwrites the file otherwise. `--no-save` keeps it from rewriting cdk8s.yaml.
 */
function runCdk8sImport(crds: readonly CustomResourceDefinition[]): Map<string, string> {
  const dir = mkdtempSync(join(tmpdir(), 'isthmus-import-'));
  try {
    const input = join(dir, 'crds.yaml');
    writeFileSync(input, crds.map(crd => JSON.stringify(crd)).join('\n---\n'));
    const output = join(dir, 'out');
    mkdirSync(output);
    const cli = join(dirname(require.resolve('cdk8s-cli/package.json')), 'bin', 'cdk8s');
    const args = ['import', input, '--output', output, '--language', 'typescript', '--no-save'];
    execFileSync(process.execPath, [cli, ...args, '--check-upgrade=false'], { cwd: dir, stdio: 'pipe' });
    return new Map(readdirSync(output).map(file => [file, readFileSync(join(output, file), 'utf8')]));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
