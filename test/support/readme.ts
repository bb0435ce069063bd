import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Root of the repository. */
export const ROOT = join(__dirname, '..', '..');

/** The fenced blocks of the README in one language, without the fences. */
export function readmeBlocks(language: string): string[] {
  const text = readFileSync(join(ROOT, 'README.md'), 'utf8');
  const blocks = text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm);
  return [...blocks].filter(([, name]) => name === language).map(([, , block]) => block);
}
