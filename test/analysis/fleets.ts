import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { analyze } from '../../lib/analysis/analyze';
import type { Finding } from '../../lib/analysis/types';
import type { Fleet } from '../../lib/fleet/fleet';
import { loadFolders } from '../../lib/fleet/load';

/** Files by path: `frankfurt/mesh.yaml`, `frankfurt/helm/istiod.yml`, `isthmus.yaml`. */
export type Files = Readonly<Record<string, string>>;

/**
 * A fleet from files, loaded as the command loads them. Clusters are the folders; what `isthmus.yaml` doesn't
 * say is read from the manifests.
 */
export function fleetFrom(files: Files): Fleet {
  const root = mkdtempSync(join(tmpdir(), 'isthmus-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    const clusters = new Set(
      Object.keys(files)
        .filter(path => path.includes('/'))
        .map(path => path.split('/')[0]),
    );
    return loadFolders({
      folders: new Map([...clusters].map(name => [name, join(root, name)])),
      inventory: 'isthmus.yaml' in files ? join(root, 'isthmus.yaml') : undefined,
    });
  } finally {
    rmSync(root, { recursive: true });
  }
}

/** The findings of one code in files. */
export function found(code: string, files: Files): Finding[] {
  return analyze(fleetFrom(files)).filter(finding => finding.code === code);
}
