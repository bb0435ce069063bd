import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isthmus } from './run';

const DIST = join(__dirname, '..', '..', 'dist');
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'isthmus-'));
  mkdirSync(join(folder, 'one'));
  writeFileSync(
    join(folder, 'one', 'a.yaml'),
    'apiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: {name: edge, namespace: web}\nspec: {selector: {app: no}, servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"]}]}\n',
  );
});

afterEach(() => rmSync(folder, { recursive: true }));

const one = (...args: string[]) => isthmus('analyze', '--cluster', `one=${join(folder, 'one')}`, ...args);

describe('isthmus analyze', () => {
  test('finds no error in the demo', async () => {
    const { code, out } = await isthmus('analyze', DIST);
    expect(code).toBe(0);
    expect(out).toContain('0 errors, 0 warnings');
  });

  test('exits with 1 when there is an error', async () => {
    const { code, out } = await one();
    expect(code).toBe(1);
    expect(out).toContain('error ISM0513');
  });

  test('writes the JSON of the contract', async () => {
    const { out } = await one('--format', 'json');
    const { findings } = JSON.parse(out);
    expect(findings.map((finding: { code: string }) => finding.code)).toContain('ISM0513');
    expect(findings[0]).toMatchObject({
      clusters: ['one'],
      resource: { kind: 'Gateway', namespace: 'web', name: 'edge' },
      line: 1,
    });
  });

  test('runs only the checks that are named', async () => {
    const { code, out } = await one('--only', 'ism0708,ISM0107', '--format', 'json');
    expect(code).toBe(0);
    expect(JSON.parse(out).findings.map((finding: { code: string }) => finding.code)).toEqual(['ISM0708']);
  });

  test.each([
    ['info', 1],
    ['error', 0],
    ['never', 0],
  ])('fails on %s', async (severity, code) => {
    expect((await one('--only', 'ISM0708', '--fail-on', severity)).code).toBe(code);
  });

  test('keeps to the rules of isthmus.yaml', async () => {
    const rules = join(folder, 'isthmus.yaml');
    writeFileSync(
      rules,
      'analysis: {rules: [{code: ISM0513, severity: warning, reason: installed by others}]}\n',
    );
    expect((await one('--rules', rules)).code).toBe(0);
    writeFileSync(rules, 'analysis: {rules: [{code: ISM0513, severity: warning}]}\n');
    expect(await one('--rules', rules)).toMatchObject({
      code: 2,
      err: expect.stringContaining('has no reason'),
    });
  });

  test('explains a code without reading manifests', async () => {
    const { code, out } = await isthmus('analyze', '--explain', 'ISM0302');
    expect(code).toBe(0);
    expect(out).toContain('maxEjectionPercent');
  });

  test('exits with 2 when the input or an option can’t be used', async () => {
    expect((await isthmus('analyze', join(folder, 'none'))).code).toBe(2);
    expect((await one('--format', 'xml')).code).toBe(2);
    expect((await one('--only', 'ISM9999')).code).toBe(2);
    writeFileSync(join(folder, 'one', 'b.yaml'), 'a: [');
    expect(await one()).toMatchObject({ code: 2, out: '', err: expect.stringMatching(/b\.yaml:1/) });
  });
});
