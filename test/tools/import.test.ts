import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import FIELDS from '../../imports/fields.json';
import type { CustomResourceDefinition, Schema } from '../../tools/import/crd';
import { readCrds } from '../../tools/import/crd';
import { compareVersions, cutCrd } from '../../tools/import/cut';
import { fieldsOf } from '../../tools/import/fields';
import { generateImports } from '../../tools/import/generate';
import { selectCrds } from '../../tools/import/select';

const TINY = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: ponds.example.org, annotations: { tool: v1 } }
spec:
  group: example.org
  scope: Namespaced
  names: { kind: Pond, plural: ponds, singular: pond, shortNames: [po] }
  versions:
    - { name: v1alpha1, served: true, storage: true, schema: { openAPIV3Schema: { type: object } } }
    - name: v1
      served: true
      storage: false
      additionalPrinterColumns: [{ name: Age, type: date, jsonPath: .metadata.creationTimestamp }]
      schema:
        openAPIV3Schema:
          type: object
          description: Water.
          properties:
            spec:
              type: object
              description: What you want.
              required: [depth]
              x-kubernetes-validations: [{ rule: self.depth > 0, message: too shallow }]
              properties:
                depth: { type: integer, format: int32, minimum: 1, description: Metres. }
                description: { type: string, description: A field that is called description. }
                fish: { type: array, items: { type: object, properties: { kind: { type: string, enum: [carp, eel] } } } }
                labels: { type: object, additionalProperties: { type: string } }
                port: { x-kubernetes-int-or-string: true, anyOf: [{ type: integer }, { type: string }] }
                free: { type: object, x-kubernetes-preserve-unknown-fields: true }
            status: { type: object, properties: { level: { type: integer } } }
    - { name: v2, served: false, storage: false, schema: { openAPIV3Schema: { type: object } } }
`;

const tiny = () => readCrds(TINY, 'tiny.yaml')[0];
const schemaOf = (crd: CustomResourceDefinition) => crd.spec.versions[0].schema!.openAPIV3Schema!;
const specOf = (crd: CustomResourceDefinition): Schema => schemaOf(crd).properties!.spec;

test('the newest served version is kept, whatever is stored', () => {
  expect(cutCrd(tiny()).spec.versions.map(version => version.name)).toEqual(['v1']);
});

test('versions are ordered as Kubernetes orders them', () => {
  const sorted = ['v1beta1', 'v11alpha2', 'v2', 'foo', 'v1', 'v1beta2', 'v10'].sort(compareVersions);
  expect(sorted).toEqual(['foo', 'v11alpha2', 'v1beta1', 'v1beta2', 'v1', 'v2', 'v10']);
});

test('a CRD without a served version is refused', () => {
  const crd = tiny();
  for (const version of crd.spec.versions) version.served = false;
  expect(() => cutCrd(crd)).toThrow('ponds.example.org: no version is served');
});

test('status, texts and rules go; types, enums and required stay', () => {
  expect(schemaOf(cutCrd(tiny()))).toEqual({
    type: 'object',
    properties: {
      spec: {
        type: 'object',
        required: ['depth'],
        properties: {
          depth: { type: 'integer', format: 'int32' },
          description: { type: 'string' },
          fish: {
            type: 'array',
            items: { type: 'object', properties: { kind: { type: 'string', enum: ['carp', 'eel'] } } },
          },
          labels: { type: 'object', additionalProperties: { type: 'string' } },
          port: { 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }] },
          free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
        },
      },
    },
  });
});

test('a part that is too big becomes a free-form object', () => {
  const free = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  expect(specOf(cutCrd(tiny(), ['spec.fish[]'])).properties!.fish).toEqual({ type: 'array', items: free });
  expect(specOf(cutCrd(tiny(), ['spec.labels'])).properties!.labels).toEqual(free);
});

test('a part to simplify that the schema lacks is an error', () => {
  expect(() => cutCrd(tiny(), ['spec.frogs[]'])).toThrow('Pond.spec.frogs[]: the schema has no frogs[]');
});

test('documents that are not CRDs are passed over, broken YAML is refused', () => {
  expect(readCrds(`kind: ConfigMap\n---\n${TINY}---\n`, 'tiny.yaml')).toHaveLength(1);
  expect(() => readCrds('a: [', 'broken.yaml')).toThrow('broken.yaml: ');
});

test('kinds that come along in the same files get no bindings; the same kind twice is refused', () => {
  const sail = readCrds(
    TINY.replace(/example\.org/g, 'sailoperator.io').replace('Pond', 'IstioRevisionTag'),
    'x',
  );
  expect(selectCrds([...sail, tiny()]).map(crd => crd.metadata.name)).toEqual(['ponds.example.org']);
  expect(() => selectCrds([tiny(), tiny()])).toThrow('example.org/Pond is defined twice');
});

test('the field tree has each known field, maps as *, free-form values as true', () => {
  expect(fieldsOf([cutCrd(tiny())])).toEqual({
    'example.org/v1/Pond': {
      spec: {
        depth: true,
        description: true,
        fish: { kind: true },
        labels: { '*': true },
        port: true,
        free: true,
      },
    },
  });
});

test('cdk8s import turns the cut CRDs into one file per group, the same whatever the order of the files', () => {
  const lake = TINY.replace('Pond', 'Lake').replace(/ponds/g, 'lakes');
  const sources: [string, string][] = [
    ['pond.yaml', TINY],
    ['lake.yaml', lake],
  ];
  const files = generateImports(new Map(sources));
  expect([...files.keys()]).toEqual(['example.org.ts', 'fields.json']);
  const code = files.get('example.org.ts')!;
  expect(code.match(/export class \w+ extends ApiObject/g)).toEqual([
    'export class Lake extends ApiObject',
    'export class Pond extends ApiObject',
  ]);
  expect(code).toContain("apiVersion: 'example.org/v1'");
  expect(code).not.toContain('Metres');
  expect(generateImports(new Map(sources.reverse()))).toEqual(files);
});

test('--check names what differs from imports/, writes nothing and fails', () => {
  const dir = mkdtempSync(join(tmpdir(), 'isthmus-test-'));
  try {
    const crd = join(dir, 'tiny.yaml');
    writeFileSync(crd, TINY);
    const root = join(__dirname, '../..');
    const fields = () => readFileSync(join(root, 'imports/fields.json'), 'utf8');
    const before = fields();
    const tsx = join(root, 'node_modules/tsx/dist/cli.mjs');
    const args = [tsx, join(root, 'tools/import.ts'), '--check', crd];
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect(stderr).toContain('imports/example.org.ts is not what these CRDs give');
    expect(stderr).toContain('imports/networking.istio.io.ts is not what these CRDs give');
    expect(status).toBe(1);
    expect(fields()).toBe(before);
  } finally {
    rmSync(dir, { recursive: true });
  }
});

test.each(Object.keys(FIELDS))('the committed bindings have %s', id => {
  const [group, version, kind] = id.split('/');
  const code = readFileSync(join(__dirname, `../../imports/${group}.ts`), 'utf8');
  expect(code).toContain(`apiVersion: '${group}/${version}',\n    kind: '${kind}',`);
});
