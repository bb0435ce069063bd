import { ApiObject, App, Chart } from 'cdk8s';
import type { Manifest } from '../../lib/manifest';
import { ManifestWriter } from '../../lib/output/manifest-writer';
import { toYaml } from '../../lib/output/yaml';

const manifest = (name: string): Manifest => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });

test('manifests and ApiObjects become documents in the order given', () => {
  const chart = new Chart(new App(), 'chart');
  const object = new ApiObject(chart, 'object', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'b' },
  });
  const text = new ManifestWriter().documents([manifest('a'), object, manifest('c')]);
  expect(text).toBe([manifest('a'), object.toJson(), manifest('c')].map(toYaml).join('---\n'));
});

test('nothing is an empty text', () => {
  expect(new ManifestWriter().documents([])).toBe('');
  expect([...new ManifestWriter().chunks([])].join('')).toBe('');
});

test('an object that is the same in several clusters is serialized once', () => {
  let reads = 0;
  const shared = {
    ...manifest('shared'),
    get spec() {
      reads++;
      return 1;
    },
  };
  const writer = new ManifestWriter();
  const texts = Array.from({ length: 100 }, () => writer.documents([shared]));
  expect(new Set(texts)).toEqual(new Set([toYaml(shared)]));
  // The second time it is known to be shared; each writing reads it twice, to look and to write.
  expect(reads).toBeLessThanOrEqual(6);
});

test('pieces of a long text are the same as the whole', () => {
  const many = Array.from({ length: 20_000 }, (_, index) => manifest(`namespace-${index}-${'x'.repeat(50)}`));
  const writer = new ManifestWriter();
  const chunks = [...writer.chunks(many)];
  expect(chunks.length).toBeGreaterThan(1);
  expect(chunks.join('')).toBe(writer.documents(many));
});
