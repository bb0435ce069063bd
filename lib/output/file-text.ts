import type { FileSystem } from './file-system';

const BLOCK = 1 << 20;

/** Writes a new file from pieces of text, in blocks. */
export function writeChunks(path: string, chunks: Iterable<string>, fs: FileSystem): void {
  const file = fs.openSync(path, 'wx');
  try {
    let pending = '';
    for (const chunk of chunks) {
      pending += chunk;
      // A character outside the basic plane is two code units, which must stay together.
      if (pending.length < BLOCK || /[\ud800-\udbff]$/.test(pending)) continue;
      writeAll(file, Buffer.from(pending), fs);
      pending = '';
    }
    writeAll(file, Buffer.from(pending), fs);
  } finally {
    fs.closeSync(file);
  }
}

function writeAll(file: number, bytes: Buffer, fs: FileSystem): void {
  for (let done = 0; done < bytes.length; ) done += fs.writeSync(file, bytes, done);
}

/** Whether two files have the same bytes. */
export function sameContent(path: string, other: string, fs: FileSystem): boolean {
  if (fs.statSync(path).size !== fs.statSync(other).size) return false;
  const files = [fs.openSync(path, 'r'), fs.openSync(other, 'r')];
  const blocks = files.map(() => Buffer.alloc(BLOCK));
  try {
    for (;;) {
      const [first, second] = files.map((file, index) => fill(file, blocks[index], fs));
      if (!first.equals(second)) return false;
      if (first.length < BLOCK) return true;
    }
  } finally {
    for (const file of files) fs.closeSync(file);
  }
}

function fill(file: number, block: Buffer, fs: FileSystem): Buffer {
  let done = 0;
  while (done < block.length) {
    const read = fs.readSync(file, block, done, block.length - done, null);
    if (read === 0) break;
    done += read;
  }
  return block.subarray(0, done);
}
