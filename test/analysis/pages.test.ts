import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHECKS } from '../../lib/analysis/checks';
import { checkIndex, checkPageHead } from '../../lib/analysis/docs';
import { type Files, found } from './fleets';

const FOLDER = join(__dirname, '..', '..', 'docs', 'checks');
const pages = new Map(
  readdirSync(FOLDER)
    .filter(name => name !== 'README.md')
    .map(name => [name.replace(/\.md$/, ''), readFileSync(join(FOLDER, name), 'utf8')]),
);

/** The example under a heading: fenced blocks, each of which begins with a comment that names its file. */
function example(page: string, heading: string): Files {
  const after = page.split(`\n## ${heading}\n`)[1] ?? '';
  const section = after.split('\n## ')[0];
  const files: Record<string, string> = {};
  for (const [, block] of section.matchAll(/```yaml\n([\s\S]*?)```/g)) {
    let name = '';
    for (const line of block.split('\n')) {
      const named = /^# (\S+\.ya?ml)$/.exec(line)?.[1];
      if (named) name = named;
      files[name] = `${files[name] ?? ''}${line}\n`;
    }
  }
  return files;
}

describe('the pages of checks', () => {
  test('are there for every check, and for nothing else', () => {
    expect([...pages.keys()].sort()).toEqual(CHECKS.map(check => check.name).sort());
  });

  test('are listed in the index', () => {
    expect(readFileSync(join(FOLDER, 'README.md'), 'utf8')).toBe(checkIndex(CHECKS));
  });

  describe.each(CHECKS.map(check => [check.name, check] as const))('%s', (name, check) => {
    const page = pages.get(name) ?? '';

    test('says what the check says', () => {
      expect(page.startsWith(checkPageHead(check))).toBe(true);
    });

    test('has a wrong example in which the check finds something', () => {
      const files = example(page, 'Wrong');
      expect(Object.keys(files)).not.toHaveLength(0);
      expect(found(check.code, files)).not.toHaveLength(0);
    });

    test('has a right example in which it finds nothing', () => {
      const files = example(page, 'Right');
      expect(Object.keys(files)).not.toHaveLength(0);
      expect(found(check.code, files)).toEqual([]);
    });
  });
});
