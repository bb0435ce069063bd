import { type Dirent, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import { InputError } from './errors';
import { byText } from './plain';

/** Larger files are refused: a cluster's manifests are a few megabytes, and parsing needs fifty times the size. */
export const MAX_FILE_BYTES = 32 * 1024 * 1024;

/** A file of a folder: its path as the user would name it, with `/` between the parts. */
export interface FolderFile {
  readonly path: string;
  readonly name: string;
}

/**
 * The files of a folder with one of the given endings, sorted by path. Hidden files and `node_modules` are
 * left out.
 *
 * @throws InputError when the folder isn't there, a name isn't UTF-8, or a symbolic link leads out of it.
 */
export function listFiles(
  folder: string,
  endings: readonly string[],
  options: { recursive: boolean; skip?: readonly string[] },
): FolderFile[] {
  const root = realFolder(folder);
  const files: FolderFile[] = [];
  const visit = (directory: string, seen: readonly string[]) => {
    for (const entry of entriesOf(directory)) {
      const name = decodeName(directory, entry.name);
      if (name.startsWith('.') || name === 'node_modules') continue;
      const path = join(directory, name);
      const real = entry.isSymbolicLink() ? resolveInside(root, path) : undefined;
      const isFolder = real ? statSync(real).isDirectory() : entry.isDirectory();
      if (isFolder) {
        if (!options.recursive || options.skip?.includes(name)) continue;
        const target = real ?? realpathSync(path);
        if (seen.includes(target)) {
          throw new InputError('links to a folder above itself', 'Remove the link.', { file: toPosix(path) });
        }
        visit(path, [...seen, target]);
      } else if (endings.some(ending => name.endsWith(ending))) {
        files.push({ path: toPosix(path), name });
      }
    }
  };
  visit(folder, [root]);
  return files.sort((a, b) => byText(a.path, b.path));
}

/** The text of a file. @throws InputError when it is too large, binary or not UTF-8. */
export function readText(path: string): string {
  let bytes: Buffer;
  try {
    const { size } = statSync(path);
    if (size > MAX_FILE_BYTES) {
      throw new InputError(
        `has ${size} bytes, more than the ${MAX_FILE_BYTES} that are read`,
        'Split it into several files.',
        { file: path },
      );
    }
    bytes = readFileSync(path);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`can't be read (${codeOf(error)})`, 'Check the path and its permissions.', {
      file: path,
    });
  }
  if (bytes.includes(0)) {
    throw new InputError('is binary', 'Move files that are not manifests out of the folder.', { file: path });
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new InputError('is not UTF-8', 'Save it as UTF-8.', { file: path });
  }
}

/** Whether a path is there. */
export function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

function realFolder(folder: string): string {
  const stat = statSync(folder, { throwIfNoEntry: false });
  if (!stat?.isDirectory()) {
    throw new InputError('is not a folder', 'Name the folder that holds the manifests.', { file: folder });
  }
  return realpathSync(folder);
}

function entriesOf(directory: string): Dirent<Buffer>[] {
  return readdirSync(directory, { encoding: 'buffer', withFileTypes: true });
}

function decodeName(directory: string, name: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(name);
  } catch {
    throw new InputError(
      `holds a file whose name is not UTF-8 (${name.toString('hex')})`,
      'Rename the file.',
      {
        file: toPosix(directory),
      },
    );
  }
}

function resolveInside(root: string, path: string): string {
  let real: string;
  try {
    real = realpathSync(path);
  } catch (error) {
    throw new InputError(`is a symbolic link to nothing (${codeOf(error)})`, 'Remove or repair the link.', {
      file: toPosix(path),
    });
  }
  if (real !== root && !real.startsWith(root + sep)) {
    throw new InputError(
      'is a symbolic link that leaves the folder',
      'Copy what it points to into the folder; what is reviewed must be what is in it.',
      { file: toPosix(path) },
    );
  }
  return real;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}

function toPosix(path: string): string {
  return sep === '/' ? path : path.split(sep).join('/');
}
