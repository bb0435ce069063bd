import { join } from 'node:path';
import { DIST_MARKER } from './dist-contents';
import { DistError } from './dist-error';
import { realDist, recoverDist } from './dist-swap';
import { exists, type FileSystem, nodeFileSystem } from './file-system';

/**
 * Makes sure that a dist is one, whole: call it before reading. If a writer was killed in the moment in which
 * the old dist was away and the new one, complete, not yet in its place, puts the new one there.
 *
 * @throws DistError if the folder or its `fleet.json`, which is written last, is missing
 */
export function assertCompleteDist(dir: string, fs: FileSystem = nodeFileSystem): void {
  const outdir = realDist(dir, fs);
  try {
    recoverDist(outdir, fs);
  } catch (error) {
    throw new DistError(
      `${dir} is missing because a synthesis was interrupted, and it can't be put back: ${(error as Error).message}. Run the synthesis again.`,
      undefined,
      { cause: error },
    );
  }
  if (exists(join(outdir, DIST_MARKER), fs)) return;
  throw new DistError(
    exists(outdir, fs)
      ? `${dir} is incomplete: it has no ${DIST_MARKER}, which a synthesis writes last. Run the synthesis again.`
      : `${dir} doesn't exist. Run the synthesis first, or name another folder.`,
  );
}
