import { dirname, join, relative } from 'node:path';
import { DIST_MARKER, type DistContents, listDist } from './dist-contents';
import { DistError, systemCode, writeError } from './dist-error';
import { DistPaths } from './dist-path';
import {
  beginSwap,
  clearLeftovers,
  endSwap,
  realDist,
  recoverDist,
  removeDist,
  type SwapFolders,
} from './dist-swap';
import { exists, type FileSystem, nodeFileSystem } from './file-system';
import { sameContent, writeChunks } from './file-text';

const UNCHANGED = 'Nothing in the output folder was changed';

/** How a dist is written. */
export interface DistWriterOptions {
  /**
   * Write every file anew, also those whose content is the same.
   * @default false: files with the same content are left alone, with their inode and time of change
   */
  readonly rewriteAll?: boolean;
  /** @default - that of the machine */
  readonly fileSystem?: FileSystem;
}

/** What a commit did, in files. */
export interface DistChanges {
  readonly written: number;
  readonly unchanged: number;
  readonly removed: number;
}

/**
 * Writes a folder of manifests, all or nothing. Files are prepared beside it; {@link commit} puts the prepared
 * folder in its place by two renames, with what hasn't changed as hard links. Killed at any moment, the folder is
 * the old or the new one; between the two renames it is missing for an instant, and the next writer or reader
 * finishes that.
 *
 * Where a folder can't be swapped (a mount point, a parent without write permission, a file system without hard
 * links, the current directory), the marker `fleet.json` is removed first, the prepared files are renamed
 * into place, and the marker comes last: interrupted, it is incomplete, and readers refuse it.
 *
 * Nothing is forced to the disk: after a power cut, run the synthesis again.
 */
export class DistWriter {
  private readonly fs: FileSystem;
  private readonly outdir: string;
  private readonly rewriteAll: boolean;
  private readonly existing: DistContents | undefined;
  private readonly swap: SwapFolders;
  private readonly paths = new DistPaths();
  private readonly staged: string[] = [];
  private readonly unchanged: string[] = [];
  private readonly folders = new Set<string>();
  private staging: string | undefined;
  private inPlace = false;
  private over = false;
  private state = UNCHANGED;

  /**
   * @param outdir the folder; it need not exist
   * @param options how it is written
   * @throws DistError if the folder holds what no synthesis wrote, or can't be read
   */
  constructor(outdir: string, options: DistWriterOptions = {}) {
    this.fs = options.fileSystem ?? nodeFileSystem;
    this.rewriteAll = options.rewriteAll ?? false;
    this.outdir = realDist(outdir, this.fs);
    if (dirname(this.outdir) === this.outdir) {
      throw new DistError(
        `refusing to write to ${outdir}: it is the root of a file system. Choose a folder of its own.`,
      );
    }
    try {
      recoverDist(this.outdir, this.fs);
      clearLeftovers(this.outdir, this.fs);
      this.existing = exists(this.outdir, this.fs) ? listDist(this.outdir, this.fs) : undefined;
    } catch (error) {
      throw this.failure(error, this.outdir);
    }
    this.swap = beginSwap(this.outdir);
  }

  /**
   * Adds a file; its text can be let go of afterwards.
   *
   * @param path path in dist, with slashes
   * @param text the whole text, or pieces of one that is too long for a string
   * @throws DistError if the path is none, taken, or can't be written; nothing of the old dist is changed
   */
  file(path: string, text: string | Iterable<string>): void {
    if (this.over) throw new DistError(`can't write ${path}: the writer has committed or aborted already.`);
    if (path === DIST_MARKER)
      throw new DistError(`can't write ${path}: it comes last, give its text to commit().`);
    this.attempt(path, () => this.add(path, text));
  }

  /**
   * Makes the files that were added the dist, without any other generated ones.
   *
   * @param marker text of `fleet.json`
   * @throws DistError if that fails; the message says which state the folder is in
   */
  commit(marker: string): DistChanges {
    if (this.over)
      throw new DistError(`can't commit to ${this.outdir}: the writer has committed or aborted already.`);
    return this.attempt(DIST_MARKER, () => {
      this.paths.add(DIST_MARKER);
      const kept = new Set([...this.staged, ...this.unchanged, DIST_MARKER]);
      const stale = [...(this.existing?.generated ?? [])].filter(path => !kept.has(path));
      const markerStays = this.isUnchanged(DIST_MARKER, marker);
      const changes = {
        written: this.staged.length + (markerStays ? 0 : 1),
        unchanged: this.unchanged.length + (markerStays ? 1 : 0),
        removed: stale.length,
      };
      if (changes.written > 0 || changes.removed > 0) {
        if (!this.existing || !this.trySwap(marker, markerStays))
          this.replaceInPlace(stale, marker, markerStays);
      }
      this.abort();
      return changes;
    });
  }

  /** Leaves the old dist as it is and removes what was prepared. Does nothing after a commit. */
  abort(): void {
    this.over = true;
    endSwap(this.swap);
    try {
      if (this.staging) this.fs.rmSync(this.staging, { recursive: true, force: true });
    } catch {
      // What is left is cleared away by the next writer.
    }
  }

  private add(path: string, text: string | Iterable<string>): void {
    this.paths.add(path);
    if (typeof text === 'string' && this.isUnchanged(path, text)) {
      this.unchanged.push(path);
      return;
    }
    const target = this.stagedPath(path);
    if (typeof text === 'string') {
      this.fs.writeFileSync(target, text, { flag: 'wx' });
    } else {
      writeChunks(target, text, this.fs);
      const old = join(this.outdir, path);
      if (!this.rewriteAll && this.existing?.generated.has(path) && sameContent(target, old, this.fs)) {
        this.fs.unlinkSync(target);
        this.unchanged.push(path);
        return;
      }
    }
    this.staged.push(path);
  }

  private isUnchanged(path: string, text: string): boolean {
    if (this.rewriteAll || !this.existing?.generated.has(path)) return false;
    const old = join(this.outdir, path);
    const bytes = Buffer.from(text);
    return this.fs.statSync(old).size === bytes.length && this.fs.readFileSync(old).equals(bytes);
  }

  /** Path of a file in the folder that is prepared, whose folders are made as needed. */
  private stagedPath(path: string): string {
    this.staging ??= this.makeStaging();
    const target = join(this.staging, path);
    this.makeFolder(dirname(target));
    return target;
  }

  private makeFolder(folder: string): void {
    if (folder === this.staging || this.folders.has(folder)) return;
    this.makeFolder(dirname(folder));
    this.fs.mkdirSync(folder);
    this.folders.add(folder);
  }

  /** Prepares beside dist if a folder can be renamed from inside dist to there, else inside. */
  private makeStaging(): string {
    const { next, inside } = this.swap;
    if (!this.existing) {
      this.fs.mkdirSync(next, { recursive: true });
      return next;
    }
    this.fs.mkdirSync(inside);
    const isCurrent = !relative(this.outdir, process.cwd()).startsWith('..');
    if (!isCurrent) {
      try {
        this.fs.renameSync(inside, next);
        return next;
      } catch (error) {
        if (systemCode(error) === undefined) throw error;
      }
    }
    this.inPlace = true;
    return inside;
  }

  /** Puts the prepared folder in the place of the old one; false, with nothing changed, where that can't be. */
  private trySwap(marker: string, markerStays: boolean): boolean {
    const { next, previous } = this.swap;
    this.staging ??= this.makeStaging();
    if (this.inPlace) return false;
    const carried = [...this.unchanged, ...this.existing!.kept, ...(markerStays ? [DIST_MARKER] : [])];
    try {
      for (const path of carried) this.fs.linkSync(join(this.outdir, path), this.stagedPath(path));
    } catch (error) {
      if (!['EPERM', 'ENOTSUP', 'ENOSYS', 'EMLINK', 'EXDEV'].includes(systemCode(error) ?? '')) throw error;
      this.unlinkCarried(carried);
      return false;
    }
    if (!markerStays) this.fs.writeFileSync(this.stagedPath(DIST_MARKER), marker, { flag: 'wx' });
    this.fs.chmodSync(next, this.fs.statSync(this.outdir).mode);
    try {
      this.fs.renameSync(this.outdir, previous);
    } catch (error) {
      if (!['EPERM', 'EACCES', 'EBUSY', 'EXDEV', 'EINVAL'].includes(systemCode(error) ?? '')) throw error;
      this.unlinkCarried([...carried, DIST_MARKER]);
      return false;
    }
    try {
      this.fs.renameSync(next, this.outdir);
    } catch (error) {
      this.putBack();
      throw error;
    }
    this.staging = undefined;
    try {
      removeDist(previous, this.fs);
    } catch {
      // The new dist is in place; the next writer clears the old one away.
    }
    return true;
  }

  /** After the second rename failed. If the first can't be undone either, both folders are left for the next one. */
  private putBack(): void {
    if (exists(this.outdir, this.fs)) return;
    const prepared = this.staging;
    this.staging = undefined;
    this.state = `${this.outdir} is away, and the next synthesis or reader puts it back`;
    this.fs.renameSync(this.swap.previous, this.outdir);
    this.staging = prepared;
    this.state = UNCHANGED;
  }

  private unlinkCarried(paths: readonly string[]): void {
    for (const path of paths) this.fs.rmSync(join(this.staging!, path), { force: true });
  }

  /** Also the way for a folder that doesn't exist: then it is one rename. */
  private replaceInPlace(stale: readonly string[], marker: string, markerStays: boolean): void {
    const stagedMarker = this.stagedPath(DIST_MARKER);
    const markerPath = join(this.outdir, DIST_MARKER);
    if (!markerStays) this.fs.writeFileSync(stagedMarker, marker, { flag: 'wx' });
    if (!this.existing) {
      this.fs.renameSync(this.staging!, this.outdir);
      this.staging = undefined;
      return;
    }
    this.state = `${this.outdir} is incomplete and has no ${DIST_MARKER}, so readers refuse it until the next synthesis`;
    if (markerStays) this.fs.renameSync(markerPath, stagedMarker);
    else this.fs.rmSync(markerPath, { force: true });
    for (const path of stale) if (path !== DIST_MARKER) this.removeStale(path);
    for (const path of this.staged) {
      const target = join(this.outdir, path);
      this.fs.mkdirSync(dirname(target), { recursive: true });
      this.fs.renameSync(join(this.staging!, path), target);
    }
    this.fs.renameSync(stagedMarker, markerPath);
  }

  /** Removes a file and the folders that are empty without it. */
  private removeStale(path: string): void {
    this.fs.unlinkSync(join(this.outdir, path));
    for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) {
      if (this.fs.readdirSync(join(this.outdir, folder)).length > 0) return;
      this.fs.rmdirSync(join(this.outdir, folder));
    }
  }

  /** Cleans up after an error and words it. */
  private attempt<T>(path: string, action: () => T): T {
    try {
      return action();
    } catch (error) {
      this.abort();
      throw this.failure(error, join(this.outdir, path));
    }
  }

  private failure(error: unknown, path: string): unknown {
    return systemCode(error) === undefined || error instanceof DistError
      ? error
      : writeError(error, path, this.state);
  }
}
