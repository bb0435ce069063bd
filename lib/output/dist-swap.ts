import { basename, dirname, join, resolve } from 'node:path';
import { DIST_MARKER, isStagingName } from './dist-contents';
import { exists, type FileSystem } from './file-system';

/**
 * The folders beside dist that a writer uses: `.dist.isthmus-<process>-<count>.new` is prepared, and `.old` is the
 * dist that it replaces. Both exist, and dist doesn't, only between the two renames of a swap.
 */
export interface SwapFolders {
  readonly id: string;
  readonly next: string;
  readonly previous: string;
  /** Where `next` is prepared when it can't be beside dist. */
  readonly inside: string;
}

/** Swaps that writers of this process have under way. */
const underWay = new Set<string>();
let count = 0;

/** The folder behind symbolic links, which is the one that is swapped; it need not exist. */
export function realDist(dir: string, fs: FileSystem): string {
  const path = resolve(dir);
  if (exists(path, fs)) return fs.realpathSync(path);
  const isLink = fs.lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
  return isLink ? realDist(resolve(dirname(path), fs.readlinkSync(path)), fs) : path;
}

/** Folders of a new swap. Call {@link endSwap} when nothing is left of it. */
export function beginSwap(outdir: string): SwapFolders {
  const id = `${process.pid}-${count++}`;
  underWay.add(id);
  return { ...foldersOf(outdir, id), id };
}

/** Says that the swap is over, so that what it may have left can be cleared away. */
export function endSwap(swap: SwapFolders): void {
  underWay.delete(swap.id);
}

function foldersOf(outdir: string, id: string): Omit<SwapFolders, 'id'> {
  const beside = join(dirname(outdir), `.${basename(outdir)}.isthmus-${id}`);
  return { next: `${beside}.new`, previous: `${beside}.old`, inside: join(outdir, `.isthmus-${id}.new`) };
}

/**
 * Finishes a swap that was interrupted between its two renames: then dist is missing, and both the old and the
 * new one lie complete beside it. Does nothing otherwise.
 *
 * @returns whether there was one
 */
export function recoverDist(outdir: string, fs: FileSystem): boolean {
  if (exists(outdir, fs)) return false;
  for (const id of interrupted(outdir, fs)) {
    const { next, previous } = foldersOf(outdir, id);
    if (!exists(join(next, DIST_MARKER), fs) || !exists(previous, fs)) continue;
    fs.renameSync(next, outdir);
    return true;
  }
  return false;
}

/** Removes what writers that were killed left, beside dist and in it. */
export function clearLeftovers(outdir: string, fs: FileSystem): void {
  for (const id of interrupted(outdir, fs)) {
    const { next, previous } = foldersOf(outdir, id);
    removeDist(next, fs);
    removeDist(previous, fs);
  }
  if (!exists(outdir, fs)) return;
  for (const name of fs.readdirSync(outdir)) {
    if (isStagingName(name) && isOver(name)) fs.rmSync(join(outdir, name), { recursive: true, force: true });
  }
}

/** Removes a folder of manifests so that it is incomplete from the first moment. */
export function removeDist(folder: string, fs: FileSystem): void {
  fs.rmSync(join(folder, DIST_MARKER), { force: true });
  fs.rmSync(folder, { recursive: true, force: true });
}

/** Identifiers of swaps whose process is gone. */
function interrupted(outdir: string, fs: FileSystem): Set<string> {
  const parent = dirname(outdir);
  const prefix = `.${basename(outdir)}.isthmus-`;
  if (!exists(parent, fs)) return new Set();
  const names = fs.readdirSync(parent).filter(name => name.startsWith(prefix) && isOver(name));
  return new Set(names.map(name => name.slice(prefix.length).replace(/\.(?:new|old)$/, '')));
}

function isOver(name: string): boolean {
  const match = /isthmus-((\d+)-\d+)\.(?:new|old)$/.exec(name);
  if (!match || underWay.has(match[1])) return false;
  const pid = Number(match[2]);
  if (pid === process.pid) return true;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
