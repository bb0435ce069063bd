import { InputError } from '../../lib/fleet/errors';
import { parseManifests, parseMapping } from '../../lib/fleet/parse';

const SERVICE = 'apiVersion: v1\nkind: Service\nmetadata:\n  name: reviews\n';

function refusal(text: string): InputError {
  try {
    parseManifests('frankfurt', 'a.yaml', text);
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
  throw new Error('was accepted');
}

describe('parseManifests', () => {
  test('keeps file and line of every document', () => {
    const objects = parseManifests('frankfurt', 'a.yaml', `# first\n${SERVICE}---\n\n${SERVICE}`);
    expect(objects.map(object => [object.file, object.line])).toEqual([
      ['a.yaml', 2],
      ['a.yaml', 8],
    ]);
  });

  test('expands lists and keeps the line of every item', () => {
    const text = `apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Service\n  metadata: {name: a}\n- apiVersion: v1\n  kind: Service\n  metadata: {name: b}\n`;
    expect(parseManifests('frankfurt', 'a.yaml', text).map(o => [o.manifest.metadata.name, o.line])).toEqual([
      ['a', 4],
      ['b', 7],
    ]);
  });

  test('reads JSON', () => {
    const text = JSON.stringify({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'a' } });
    expect(parseManifests('frankfurt', 'a.json', text)).toHaveLength(1);
  });

  test('leaves out empty documents and kustomizations', () => {
    const text = `---\n# nothing\n---\napiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n---\n${SERVICE}`;
    expect(parseManifests('frankfurt', 'a.yaml', text)).toHaveLength(1);
  });

  test('gives the line and column of what does not parse, counted in the file', () => {
    const error = refusal(`${SERVICE}---\na: [1,\nb: 2\n`);
    expect(error.place).toMatchObject({ file: 'a.yaml', line: 7 });
    expect(error.place.column).toBeGreaterThan(0);
    expect(error.message).toMatch(/^a\.yaml:7:\d+: doesn't parse: /);
  });

  test('refuses a key given twice', () => {
    expect(refusal(`${SERVICE}kind: Deployment\n`).message).toMatch(/unique/);
  });

  test('refuses an alias bomb', () => {
    const levels = Array.from(
      { length: 8 },
      (_, i) => `l${i + 1}: &l${i + 1} [${Array(9).fill(`*l${i}`).join(', ')}]`,
    );
    const text = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: bomb}\nl0: &l0 [x, x, x, x, x, x, x, x, x]\n${levels.join('\n')}\n`;
    expect(refusal(text).message).toMatch(/a\.yaml:1: can't be expanded: .*alias/i);
  });

  test('refuses what is not a Kubernetes object', () => {
    expect(refusal('a: 1\n').message).toMatch(/no apiVersion and kind/);
    expect(refusal('- 1\n').message).toMatch(/no apiVersion and kind/);
  });

  test('refuses an object without a name', () => {
    expect(refusal('apiVersion: v1\nkind: Pod\nmetadata: {generateName: a-}\n').message).toMatch(
      /no metadata\.name/,
    );
  });
});

describe('parseMapping', () => {
  test('gives the mapping, and an empty one for an empty file', () => {
    expect(parseMapping('v.yml', 'a: {b: 1}\n')).toEqual({ a: { b: 1 } });
    expect(parseMapping('v.yml', '# nothing\n')).toEqual({});
  });

  test('refuses a list', () => {
    expect(() => parseMapping('v.yml', '- 1\n')).toThrow('is not one YAML mapping');
  });
});
