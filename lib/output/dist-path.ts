import { DistError } from './dist-error';

/** The longest name of a file or folder that common file systems take, in bytes. */
const LONGEST_NAME = 255;

/**
 * Checks the paths of one dist as they come: none leads out of it, none is hidden, and no two are the same, even
 * on a file system that doesn't tell upper from lower case.
 */
export class DistPaths {
  private readonly taken = new Map<string, string>();

  /** @throws DistError if the path can't be one in dist, or is taken */
  add(path: string): void {
    const parts = path.split('/');
    for (const part of parts) {
      if (
        part === '' ||
        part.startsWith('.') ||
        /[\\:\0]/.test(part) ||
        Buffer.byteLength(part) > LONGEST_NAME
      ) {
        throw new DistError(
          `can't write ${JSON.stringify(path)} to dist: paths there are relative, with slashes between names of at most ` +
            `${LONGEST_NAME} bytes that don't start with a dot and have no backslash or colon.`,
        );
      }
    }
    for (let length = 1; length <= parts.length; length++) {
      this.take(parts.slice(0, length).join('/'), length < parts.length);
    }
  }

  private take(path: string, isFolder: boolean): void {
    const key = path.toLowerCase();
    const mine = isFolder ? `${path}/` : path;
    const other = this.taken.get(key);
    if (other === undefined) {
      this.taken.set(key, mine);
    } else if (!isFolder || other !== mine) {
      throw new DistError(
        `can't write ${path} to dist: ${other} is written already${other === mine ? '' : ', and file systems may not tell them apart'}. Rename one of them.`,
      );
    }
  }
}
