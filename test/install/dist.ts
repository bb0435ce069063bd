import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import type { Mesh } from '../../lib';

/** What was written, read back from the disk. */
export interface WrittenDist {
  /** Helm values as `helm/NAME`, istioctl files as `istioctl/NAME`, objects as `KIND/NAMESPACE/NAME`. */
  of(cluster: string, what: string): unknown;
  /** Lines of the plan, split at tabs. */
  readonly plan: readonly (readonly string[])[];
  step(name: string): readonly string[] | undefined;
  readonly fleet: { readonly clusters: readonly Record<string, unknown>[] };
  readonly folders: readonly string[];
}

/** Synthesizes a mesh into a folder of its own, reads it back, and removes it. */
export function written(make: (outdir: string) => Mesh): WrittenDist {
  const base = mkdtempSync(join(tmpdir(), 'isthmus-install-'));
  try {
    const outdir = join(base, 'dist');
    make(outdir).synth();
    return read(outdir);
  } finally {
    rmSync(base, { recursive: true });
  }
}

function read(outdir: string): WrittenDist {
  const things = new Map<string, unknown>();
  const folders = readdirSync(outdir, { withFileTypes: true }).filter(entry => entry.isDirectory());
  for (const { name: cluster } of folders) {
    const folder = join(outdir, cluster);
    for (const file of readdirSync(folder).filter(name => name.endsWith('.yaml'))) {
      for (const document of parseAllDocuments(readFileSync(join(folder, file), 'utf8'))) {
        const { kind, metadata, ...rest } = document.toJS();
        things.set(`${cluster} ${kind}/${metadata.namespace ?? ''}/${metadata.name}`, {
          kind,
          metadata,
          ...rest,
        });
      }
    }
    for (const kind of ['helm', 'istioctl']) {
      for (const file of list(join(folder, kind))) {
        const name = `${kind}/${file.replace(/\.yml$/, '')}`;
        things.set(`${cluster} ${name}`, parse(readFileSync(join(folder, kind, file), 'utf8')));
      }
    }
  }
  const plan = readFileSync(join(outdir, 'apply.tsv'), 'utf8')
    .trimEnd()
    .split('\n')
    .map(line => line.split('\t'));
  return {
    of: (cluster, what) => things.get(`${cluster} ${what}`),
    plan,
    step: name => plan.find(([step]) => step === name),
    fleet: JSON.parse(readFileSync(join(outdir, 'fleet.json'), 'utf8')),
    folders: folders.map(({ name }) => name),
  };
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** The value at a path of plain data. */
export function at(value: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (found, key) =>
      found === undefined || found === null ? undefined : (found as Record<string, unknown>)[key],
    value,
  );
}
