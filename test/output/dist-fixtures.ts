import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DistWriter, type DistWriterOptions } from '../../lib/output/dist-writer';
import { type FileSystem, nodeFileSystem } from '../../lib/output/file-system';

/** Files of a dist by path; `fleet.json` among them. */
export type Files = Record<string, string>;

/** A folder of its own for each test, removed when the file's tests are over. */
export function temporaryFolders(): () => string {
  const folders: string[] = [];
  afterAll(() => {
    for (const folder of folders) fs.rmSync(folder, { recursive: true, force: true });
  });
  return () => {
    const folder = fs.mkdtempSync(join(tmpdir(), 'isthmus-dist-'));
    folders.push(folder);
    return folder;
  };
}

/** Writes a dist through the writer. */
export function writeDist(outdir: string, files: Files, options?: DistWriterOptions): DistWriter {
  const writer = new DistWriter(outdir, options);
  for (const [path, text] of Object.entries(files)) if (path !== 'fleet.json') writer.file(path, text);
  writer.commit(files['fleet.json']);
  return writer;
}

/** Puts files in a folder, not through the writer. */
export function putFiles(folder: string, files: Files): void {
  for (const [path, text] of Object.entries(files)) {
    fs.mkdirSync(dirname(join(folder, path)), { recursive: true });
    fs.writeFileSync(join(folder, path), text);
  }
}

/** All files of a folder. */
export function readFiles(folder: string): Files {
  const files: Files = {};
  for (const entry of fs.readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files[path.slice(folder.length + 1)] = fs.readFileSync(path, 'utf8');
  }
  return files;
}

const CHANGING = [
  'chmodSync',
  'linkSync',
  'mkdirSync',
  'renameSync',
  'rmdirSync',
  'rmSync',
  'unlinkSync',
  'writeFileSync',
  'writeSync',
] as const;

/** One of the calls that change something. */
export type Change = (typeof CHANGING)[number];

/**
 * A file system in which a call that changes something can be made to fail.
 *
 * @param before called with the number, from 0, and the name of each such call; throws to let it fail
 */
export function faultyFileSystem(
  before: (index: number, change: Change, args: unknown[]) => void,
): FileSystem {
  let index = 0;
  const faulty = { ...nodeFileSystem } as Record<string, unknown>;
  for (const change of CHANGING) {
    faulty[change] = (...args: unknown[]) => {
      before(index++, change, args);
      return (nodeFileSystem[change] as (...args: unknown[]) => unknown)(...args);
    };
  }
  return faulty as unknown as FileSystem;
}

/** An error as the system reports it. */
export function systemError(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: simulated`), { code });
}
