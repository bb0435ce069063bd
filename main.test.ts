import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { writtenFiles } from './test/support/files';
import { titles } from './test/support/meshes';
import { validateManifest } from './test/support/validate';

/** What the demo writes, file by file: the snapshots are what a reviewer reads when the model changes. */
const files = writtenFiles(outdir => {
  process.env.CDK8S_OUTDIR = outdir;
  require('./main');
  delete process.env.CDK8S_OUTDIR;
});
const objects = (path: string) => parseAllDocuments(files.get(path)!).map(document => document.toJS());
const manifests = [...files.keys()].filter(path => path.endsWith('.yaml'));

// Snapshots hold the text as it is in dist.
expect.addSnapshotSerializer({
  test: value => typeof value === 'string',
  serialize: value => value.trimEnd(),
});

test('dist has one file per cluster and layer, Helm values, the plan and the fleet', () => {
  expect([...files.keys()].join('\n')).toMatchSnapshot();
});

test.each([...files.keys()])('%s', path => {
  expect(files.get(path)).toMatchSnapshot();
});

test('dist, as committed, is what the code makes', () => {
  const dist = join(__dirname, 'dist');
  const committed = [...files.keys()].map(path => [path, readFileSync(join(dist, path), 'utf8')]);
  expect(Object.fromEntries(committed)).toEqual(Object.fromEntries(files));
});

test.each(manifests)('%s holds only valid objects, without a field that its kind lacks', path => {
  expect(objects(path).length).toBeGreaterThan(0);
  expect(objects(path).flatMap(validateManifest)).toEqual([]);
});

test('sao-paulo runs reviews v3 alone, and knows the name ratings', () => {
  expect(titles(objects('sao-paulo/40-applications.yaml'))).toEqual([
    'Service bookinfo/ratings',
    'Service bookinfo/reviews',
    'ServiceAccount bookinfo/bookinfo-reviews',
    'Deployment bookinfo/reviews-v3',
  ]);
});

test('Istio configuration is in frankfurt and nowhere else', () => {
  const istio = manifests.filter(path =>
    objects(path).some(({ apiVersion }) => apiVersion.includes('istio.io')),
  );
  expect(istio).toEqual(['frankfurt/20-gateways.yaml', 'frankfurt/30-mesh.yaml', 'frankfurt/50-routes.yaml']);
});

test('no Secret has content, and no file holds a key or token', () => {
  for (const { kind, data, stringData } of manifests.flatMap(objects)) {
    if (kind === 'Secret') expect({ data, stringData }).toEqual({ data: undefined, stringData: undefined });
  }
  for (const [, text] of files) expect(text).not.toMatch(/PRIVATE KEY|eyJhbGciOi/);
});

test("the remote's Helm values say where it is injected from", () => {
  expect(parse(files.get('sao-paulo/helm/istiod.yml')!)).toMatchObject({
    profile: 'remote',
    istiodRemote: { injectionPath: '/inject/cluster/sao-paulo/net/vpc' },
  });
});
