import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const docs = resolve(__dirname, '../../docs');
const pages = readdirSync(docs).filter(name => name.startsWith('install-'));
const text = (page: string) => readFileSync(join(docs, page), 'utf8');

test('every install model has a page, which shows its app', () => {
  const models = [
    'multi-primary',
    'multi-primary-multi-network',
    'primary-remote',
    'primary-remote-multi-network',
    'external-control-plane',
    'ambient-multi-network',
  ];
  for (const model of models) expect(text(`install-${model}.md`)).toContain(`(../examples/${model}.ts)`);
});

test.each(pages)('links of %s lead to files that exist', page => {
  const links = [...text(page).matchAll(/\]\(([^)]+)\)/g)].map(([, link]) => link);
  const local = links.filter(link => !link.startsWith('https://'));
  expect(local.filter(link => !existsSync(join(dirname(join(docs, page)), link)))).toEqual([]);
  expect(local.length).toBeGreaterThan(0);
});

test.each(pages.filter(page => page !== 'install-installers.md'))('the code of %s is in its app', page => {
  const squeeze = (code: string) => code.replace(/\s+|,(?=\s*[})])/g, '').replace(',outdir', '');
  const app = squeeze(
    readFileSync(join(docs, '../examples', `${page.slice('install-'.length, -3)}.ts`), 'utf8'),
  );
  const [, code] = /```ts\n([\s\S]*?)```/.exec(text(page)) as RegExpExecArray;
  const statements = code.split(';').map(squeeze).filter(Boolean);
  expect(statements.length).toBeGreaterThan(1);
  for (const statement of statements) expect(app).toContain(statement);
});
