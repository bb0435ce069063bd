import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHECKS } from '../lib/analysis/checks';
import { checkIndex, checkPageHead } from '../lib/analysis/docs';

/** Rewrites the generated parts of `docs/checks`: the index, and what is above the examples of each page. */
const folder = join(__dirname, '..', 'docs', 'checks');
writeFileSync(join(folder, 'README.md'), checkIndex(CHECKS));
for (const check of CHECKS) {
  const file = join(folder, `${check.name}.md`);
  const page = existsSync(file) ? readFileSync(file, 'utf8') : '## Wrong\n\n## Right\n';
  const examples = page.slice(page.indexOf('## Wrong'));
  writeFileSync(file, `${checkPageHead(check)}\n${examples}`);
}
