import * as fs from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { assertCompleteDist } from '../../lib/output/dist-reader';
import { DistWriter } from '../../lib/output/dist-writer';
import type { Change, Files } from './dist-fixtures';
import {
  faultyFileSystem,
  putFiles,
  readFiles,
  systemError,
  temporaryFolders,
  writeDist,
} from './dist-fixtures';

const folder = temporaryFolders();

const OLD: Files = {
  'frankfurt/00-namespaces.yaml': 'old\n',
  'frankfurt/40-applications.yaml': 'same\n',
  'gone/00-namespaces.yaml': 'gone\n',
  'gone/helm/istiod.yml': 'gone\n',
  'apply.tsv': 'same\n',
  'fleet.json': '{"generation":"old"}\n',
};
const NEW: Files = {
  'frankfurt/00-namespaces.yaml': 'new\n',
  'frankfurt/40-applications.yaml': 'same\n',
  'tokyo/00-namespaces.yaml': 'new\n',
  'apply.tsv': 'same\n',
  'fleet.json': '{"generation":"new"}\n',
};

/** A folder with the old dist in it, and nothing beside. */
function oldDist(): string {
  const outdir = join(folder(), 'dist');
  putFiles(outdir, OLD);
  return outdir;
}

/** Ways of writing: what makes the writer take the other one is a folder that can't be renamed. */
const WAYS: [string, ((change: Change, args: unknown[], outdir: string) => void) | undefined][] = [
  ['by swapping folders', undefined],
  [
    'in place, where nothing can be prepared beside the folder',
    (change, [from], outdir) => {
      if (
        change === 'renameSync' &&
        dirname(String(from)) === outdir &&
        basename(String(from)).startsWith('.')
      ) {
        throw systemError('EXDEV');
      }
    },
  ],
  [
    'in place, where the folder is busy',
    (change, [from], outdir) => {
      if (change === 'renameSync' && from === outdir) throw systemError('EBUSY');
    },
  ],
  [
    'in place, where there are no hard links',
    change => {
      if (change === 'linkSync') throw systemError('ENOTSUP');
    },
  ],
];

describe.each(WAYS)('writing %s', (_way, hinder) => {
  const through = (outdir: string) =>
    faultyFileSystem((_index, change, args) => hinder?.(change, args, outdir));

  test('the files are the new ones: stale files and the folders that held them are gone', () => {
    const outdir = oldDist();
    writeDist(outdir, NEW, { fileSystem: through(outdir) });
    expect(readFiles(outdir)).toEqual(NEW);
    expect(fs.readdirSync(outdir).sort()).toEqual(['apply.tsv', 'fleet.json', 'frankfurt', 'tokyo']);
  });

  test('nothing is left beside it', () => {
    const outdir = oldDist();
    writeDist(outdir, NEW, { fileSystem: through(outdir) });
    expect(fs.readdirSync(dirname(outdir))).toEqual(['dist']);
  });

  test('an unchanged file keeps its inode and its time of change', () => {
    const outdir = oldDist();
    const path = join(outdir, 'frankfurt/40-applications.yaml');
    fs.utimesSync(path, 1000, 1000);
    const { ino } = fs.statSync(path);
    writeDist(outdir, NEW, { fileSystem: through(outdir) });
    expect(fs.statSync(path)).toMatchObject({ ino, mtimeMs: 1_000_000 });
  });

  test('fleet.json keeps its inode when only other files change', () => {
    const outdir = oldDist();
    const { ino } = fs.statSync(join(outdir, 'fleet.json'));
    writeDist(outdir, { ...NEW, 'fleet.json': OLD['fleet.json'] }, { fileSystem: through(outdir) });
    expect(fs.statSync(join(outdir, 'fleet.json')).ino).toBe(ino);
    expect(readFiles(outdir)).toEqual({ ...NEW, 'fleet.json': OLD['fleet.json'] });
  });

  test('rewriteAll writes every file anew', () => {
    const outdir = oldDist();
    const path = join(outdir, 'apply.tsv');
    const { ino } = fs.statSync(path);
    writeDist(outdir, NEW, { fileSystem: through(outdir), rewriteAll: true });
    expect(fs.statSync(path).ino).not.toBe(ino);
    expect(readFiles(outdir)).toEqual(NEW);
  });

  test('a file can become a folder and a folder a file', () => {
    const outdir = join(folder(), 'dist');
    putFiles(outdir, { 'a.yaml': '1\n', 'b.yaml/c.yaml': '1\n', 'fleet.json': '{}' });
    const files = { 'a.yaml/c.yaml': '2\n', 'b.yaml': '2\n', 'fleet.json': '{}' };
    writeDist(outdir, files, { fileSystem: through(outdir) });
    expect(readFiles(outdir)).toEqual(files);
  });

  test('killed before any change to the file system, it is the old one, the new one, or refused by readers', () => {
    const outcomes = new Set<string>();
    for (let kill = 0; ; kill++) {
      const outdir = oldDist();
      let killed = false;
      const fileSystem = faultyFileSystem((index, change, args) => {
        if (index < kill) return hinder?.(change, args, outdir);
        killed = true;
        // A write that is cut off leaves a part.
        if (index === kill && change === 'writeFileSync')
          fs.writeFileSync(String(args[0]), String(args[1]).slice(0, 1));
        throw new Error('killed');
      });
      try {
        writeDist(outdir, NEW, { fileSystem });
      } catch {
        expect(killed).toBe(true);
      }
      outcomes.add(outcomeOf(outdir));
      // Whatever was left, the next run makes it whole and clears away.
      writeDist(outdir, NEW);
      expect(readFiles(outdir)).toEqual(NEW);
      expect(fs.readdirSync(dirname(outdir))).toEqual(['dist']);
      if (!killed) break;
      expect(kill).toBeLessThan(100);
    }
    expect([...outcomes].sort()).toEqual(hinder ? ['new', 'old', 'refused'] : ['new', 'old']);
  });

  test.each(['ENOSPC', 'EDQUOT', 'EIO'])('%s while preparing leaves the old dist', code => {
    for (let full = 0; ; full++) {
      const outdir = oldDist();
      let happened = false;
      const fileSystem = faultyFileSystem((index, change, args) => {
        hinder?.(change, args, outdir);
        if (index >= full && ['writeFileSync', 'linkSync', 'mkdirSync'].includes(change)) {
          happened = true;
          throw systemError(code);
        }
      });
      let message = '';
      try {
        writeDist(outdir, NEW, { fileSystem });
      } catch (error) {
        message = (error as Error).message;
      }
      if (!happened) break;
      if (readFiles(outdir)['fleet.json'] === undefined) {
        // Only folders are still to be made in place: they were prepared, but can't be moved.
        expect(message).toMatch(/is incomplete and has no fleet.json, so readers refuse it/);
      } else {
        expect(message).toMatch(
          new RegExp(
            `^can't write .*dist.*\\(${code}\\)\\. Nothing in the output folder was changed\\. .*[Rr]un again`,
          ),
        );
        expect(readFiles(outdir)).toEqual(OLD);
        expect(fs.readdirSync(dirname(outdir))).toEqual(['dist']);
      }
      expect(full).toBeLessThan(100);
    }
  });
});

/** What a reader makes of a dist. */
function outcomeOf(outdir: string): 'old' | 'new' | 'refused' {
  try {
    assertCompleteDist(outdir);
  } catch (error) {
    expect((error as Error).message).toMatch(/is incomplete: it has no fleet.json|doesn't exist/);
    return 'refused';
  }
  const files = Object.fromEntries(
    Object.entries(readFiles(outdir)).filter(([path]) => !path.startsWith('.')),
  );
  const generation = files['fleet.json'].includes('new') ? 'new' : 'old';
  expect(files).toEqual(generation === 'new' ? NEW : OLD);
  return generation;
}

describe('a folder that does not exist', () => {
  test('is made, with its parents', () => {
    const outdir = join(folder(), 'deep/er/dist');
    writeDist(outdir, NEW);
    expect(readFiles(outdir)).toEqual(NEW);
    expect(fs.readdirSync(dirname(outdir))).toEqual(['dist']);
  });

  test('killed at any change, it does not exist or is the new one', () => {
    for (let kill = 0, killed = true; killed; kill++) {
      const outdir = join(folder(), 'dist');
      killed = false;
      const fileSystem = faultyFileSystem(index => {
        if (index < kill) return;
        killed = true;
        throw new Error('killed');
      });
      try {
        writeDist(outdir, NEW, { fileSystem });
      } catch {}
      if (fs.existsSync(outdir)) expect(readFiles(outdir)).toEqual(NEW);
      else expect(killed).toBe(true);
    }
  });
});

describe('what is touched', () => {
  test('nothing at all when nothing changed, not even the folder', () => {
    const outdir = oldDist();
    const before = [outdir, dirname(outdir)].map(path => fs.statSync(path, { bigint: true }).ctimeNs);
    const writer = new DistWriter(outdir);
    for (const [path, text] of Object.entries(OLD)) if (path !== 'fleet.json') writer.file(path, text);
    expect(writer.commit(OLD['fleet.json'])).toEqual({ written: 0, unchanged: 6, removed: 0 });
    expect([outdir, dirname(outdir)].map(path => fs.statSync(path, { bigint: true }).ctimeNs)).toEqual(
      before,
    );
  });

  test('the changes are counted', () => {
    const writer = new DistWriter(oldDist());
    for (const [path, text] of Object.entries(NEW)) if (path !== 'fleet.json') writer.file(path, text);
    expect(writer.commit(NEW['fleet.json'])).toEqual({ written: 3, unchanged: 2, removed: 2 });
  });

  test('abort leaves the old dist and nothing beside it', () => {
    const outdir = oldDist();
    const writer = new DistWriter(outdir);
    writer.file('frankfurt/00-namespaces.yaml', 'new\n');
    writer.abort();
    expect(readFiles(outdir)).toEqual(OLD);
    expect(fs.readdirSync(dirname(outdir))).toEqual(['dist']);
    expect(() => writer.commit('{}')).toThrow('committed or aborted already');
  });

  test('text in pieces is written as one, and compared with what is there', () => {
    const outdir = join(folder(), 'dist');
    const pieces = Array.from({ length: 300 }, (_, index) => `${index} ${'é🚀'.repeat(4001)}\n`);
    const write = () => {
      const writer = new DistWriter(outdir);
      writer.file('a/00-namespaces.yaml', pieces);
      return writer.commit('{}');
    };
    expect(write()).toEqual({ written: 2, unchanged: 0, removed: 0 });
    expect(readFiles(outdir)['a/00-namespaces.yaml']).toBe(pieces.join(''));
    expect(write()).toEqual({ written: 0, unchanged: 2, removed: 0 });
    pieces[299] = pieces[299].replace('299', '992');
    expect(write()).toEqual({ written: 1, unchanged: 1, removed: 0 });
    expect(readFiles(outdir)['a/00-namespaces.yaml']).toBe(pieces.join(''));
  });

  test('a symbolic link to the folder stays one', () => {
    const outdir = oldDist();
    const link = join(dirname(outdir), 'link');
    fs.symlinkSync('dist', link);
    writeDist(link, NEW);
    expect(fs.lstatSync(link).isSymbolicLink()).toBe(true);
    expect(readFiles(outdir)).toEqual(NEW);
    fs.rmSync(outdir, { recursive: true });
    writeDist(link, NEW);
    expect(readFiles(outdir)).toEqual(NEW);
  });

  test('what another process that still runs prepares is left alone', () => {
    const outdir = oldDist();
    const other = join(dirname(outdir), `.dist.isthmus-${process.ppid}-0.new`);
    fs.mkdirSync(other);
    writeDist(outdir, NEW);
    expect(fs.existsSync(other)).toBe(true);
  });
});

describe('what is not ours is safe', () => {
  test.each([
    ['.git/HEAD', 'a hidden folder, with fleet.json', true],
    ['.git/HEAD', 'a hidden folder', false],
    ['node_modules/a/index.js', 'installed packages', false],
    ['package.json', 'a package', false],
    ['handwritten.yaml', 'a manifest that no synthesis names so', false],
    ['src/main.ts', 'a source', false],
  ])('a folder with %s (%s) is refused', (path, _why, complete) => {
    const outdir = join(folder(), 'dist');
    const files: Files = { [path]: 'precious', ...(complete ? { 'fleet.json': '{}' } : {}) };
    putFiles(outdir, files);
    expect(() => new DistWriter(outdir)).toThrow(
      /^refusing to write to .*dist: it holds .*, which no synthesis wrote/,
    );
    expect(readFiles(outdir)).toEqual(files);
  });

  test('a symbolic link in the folder is refused', () => {
    const outdir = oldDist();
    fs.symlinkSync('/', join(outdir, 'root'));
    expect(() => new DistWriter(outdir)).toThrow('it holds root, which no synthesis wrote');
  });

  test('the root of the file system is refused', () => {
    expect(() => new DistWriter('/')).toThrow('it is the root of a file system');
  });

  test('other files in a complete dist stay', () => {
    const outdir = oldDist();
    putFiles(outdir, { 'README.md': 'ours\n', 'frankfurt/NOTES.txt': 'ours\n' });
    writeDist(outdir, NEW);
    expect(readFiles(outdir)).toEqual({ ...NEW, 'README.md': 'ours\n', 'frankfurt/NOTES.txt': 'ours\n' });
  });

  test('what plain cdk8s wrote, and a dist without fleet.json, are replaced', () => {
    const outdir = oldDist();
    fs.rmSync(join(outdir, 'fleet.json'));
    putFiles(outdir, {
      'frankfurt.k8s.yaml': 'cdk8s\n',
      'construct-metadata.json': '{}',
      'a/b.k8s.yaml': 'cdk8s\n',
    });
    writeDist(outdir, NEW);
    expect(readFiles(outdir)).toEqual(NEW);
  });

  test.each([
    '../a.yaml',
    'a/../../b.yaml',
    '/etc/passwd',
    'a//b.yaml',
    '',
    '.',
    'a/.',
    '.hidden/a.yaml',
    'a\\b.yaml',
    'C:a.yaml',
    'a\0b',
    `${'a'.repeat(256)}.yaml`,
  ])('the path %p is refused', path => {
    const outdir = oldDist();
    const writer = new DistWriter(outdir);
    expect(() => writer.file(path, '')).toThrow("can't write");
    expect(readFiles(outdir)).toEqual(OLD);
    expect(fs.readdirSync(dirname(outdir))).toEqual(['dist']);
  });

  test.each([
    ['a/b.yaml', 'a/b.yaml', 'a/b.yaml is written already'],
    ['a/b.yaml', 'a/B.yaml', 'may not tell them apart'],
    ['a/b.yaml', 'A/c.yaml', 'may not tell them apart'],
    ['a', 'a/b.yaml', 'a is written already'],
    ['a/b.yaml', 'a', 'a/ is written already'],
  ])('%s and %s are refused', (first, second, message) => {
    const writer = new DistWriter(join(folder(), 'dist'));
    writer.file(first, '');
    expect(() => writer.file(second, '')).toThrow(message);
  });

  test('fleet.json is not an ordinary file', () => {
    expect(() => new DistWriter(join(folder(), 'dist')).file('fleet.json', '')).toThrow(
      'give its text to commit()',
    );
  });
});

describe('messages', () => {
  test('a folder without permission is named, with the way out', () => {
    const outdir = oldDist();
    const fileSystem = faultyFileSystem((_index, change) => {
      if (change === 'mkdirSync') throw systemError('EACCES');
    });
    expect(() => writeDist(outdir, NEW, { fileSystem })).toThrow(
      `can't write ${outdir}/frankfurt/00-namespaces.yaml: permission was denied (EACCES). ` +
        'Nothing in the output folder was changed. Give this user the right to write there, or choose another folder.',
    );
  });

  test('a swap that fails half way is undone', () => {
    const outdir = oldDist();
    const fileSystem = faultyFileSystem((_index, change, [from]) => {
      if (change === 'renameSync' && String(from).endsWith('.new') && dirname(String(from)) !== outdir) {
        throw systemError('EIO');
      }
    });
    expect(() => writeDist(outdir, NEW, { fileSystem })).toThrow('Nothing in the output folder was changed');
    expect(readFiles(outdir)).toEqual(OLD);
    expect(fs.readdirSync(dirname(outdir))).toEqual(['dist']);
  });

  test('readers say what is missing', () => {
    const outdir = oldDist();
    assertCompleteDist(outdir);
    fs.rmSync(join(outdir, 'fleet.json'));
    expect(() => assertCompleteDist(outdir)).toThrow('is incomplete: it has no fleet.json');
    expect(() => assertCompleteDist(join(outdir, 'none'))).toThrow("doesn't exist");
  });
});
