import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

/** The files of a folder, by path with slashes, sorted. */
export function readFolder(folder: string): Map<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile());
  const paths = files.map(({ parentPath, name }) => join(parentPath, name)).sort();
  return new Map(paths.map(path => [relative(folder, path), readFileSync(path, 'utf8')]));
}

/** What something writes to a folder of its own, which is removed again. */
export function writtenFiles(write: (outdir: string) => void): Map<string, string> {
  const folder = mkdtempSync(join(tmpdir(), 'isthmus-test-'));
  try {
    const outdir = join(folder, 'dist');
    write(outdir);
    return readFolder(outdir);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
