import { validateManifest } from './validate';

const service = (spec: object) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'reviews', namespace: 'bookinfo' },
  spec,
});

const deployment = (container: object) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'reviews-v1', labels: { app: 'reviews', 'a/b': 'c' } },
  spec: {
    selector: { matchLabels: { app: 'reviews' } },
    template: {
      metadata: { labels: { app: 'reviews' } },
      spec: {
        containers: [{ name: 'reviews', image: 'x', resources: { limits: { cpu: '1' } }, ...container }],
        volumes: [{ name: 'tmp', emptyDir: {} }],
      },
    },
  },
});

const rule = (trafficPolicy: object, extra: object = {}) => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'DestinationRule',
  metadata: { name: 'reviews', namespace: 'bookinfo' },
  spec: { host: 'reviews', trafficPolicy },
  ...extra,
});

describe('native kinds', () => {
  test('a good object has no problems', () => {
    expect(
      validateManifest(service({ ports: [{ port: 80, targetPort: 'http' }], selector: { a: 'b' } })),
    ).toEqual([]);
    expect(validateManifest(deployment({ ports: [{ containerPort: 9080 }] }))).toEqual([]);
  });

  test('an unknown field is found at any depth', () => {
    expect(validateManifest(service({ ports: [{ port: 80, tragetPort: 1 }], selektor: {} }))).toEqual([
      'Service bookinfo/reviews: unknown field spec.ports[0].tragetPort',
      'Service bookinfo/reviews: unknown field spec.selektor',
    ]);
    expect(validateManifest(deployment({ securityContext: { capabilities: { dorp: ['ALL'] } } }))).toEqual([
      'Deployment reviews-v1: unknown field spec.template.spec.containers[0].securityContext.capabilities.dorp',
    ]);
  });

  test('an unknown field beside the spec and in the metadata is found', () => {
    expect(validateManifest({ ...service({}), metadata: { name: 'a', lables: {} }, specs: {} })).toEqual([
      'Service a: unknown field metadata.lables',
      'Service a: unknown field specs',
    ]);
  });

  test('a value of the wrong type is found', () => {
    expect(validateManifest(service({ ports: [{ port: '80' }] }))).toEqual([
      'Service bookinfo/reviews: /spec/ports/0/port type {"type":"integer"}',
    ]);
  });

  test('maps and free-form data may hold anything', () => {
    const data = { 'ca-cert.pem': 'x', anything: 'y' };
    expect(validateManifest({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data })).toEqual(
      [],
    );
  });
});

describe('Istio kinds', () => {
  test('a good object has no problems', () => {
    expect(validateManifest(rule({ outlierDetection: { consecutive5xxErrors: 5 } }))).toEqual([]);
  });

  test('an unknown field is found at any depth', () => {
    const policy = { loadBalancer: { simple: 'RANDOM' }, outlierDetection: { consecutive5XxErrors: 5 } };
    expect(validateManifest(rule(policy, { extra: 1 }))).toEqual([
      'DestinationRule bookinfo/reviews: unknown field spec.trafficPolicy.outlierDetection.consecutive5XxErrors',
      'DestinationRule bookinfo/reviews: unknown field extra',
    ]);
  });

  test('a value that its enum does not have is found', () => {
    expect(validateManifest(rule({ loadBalancer: { simple: 'FASTEST' } }))[0]).toMatch(
      /^DestinationRule bookinfo\/reviews: @kubernetes-models\/istio networking.istio.io\/v1/,
    );
  });

  test("the proxies' own configuration may hold anything", () => {
    const value = { name: 'x', typed_config: { '@type': 'y' } };
    expect(
      validateManifest({
        apiVersion: 'networking.istio.io/v1alpha3',
        kind: 'EnvoyFilter',
        metadata: { name: 'a' },
        spec: { configPatches: [{ applyTo: 'HTTP_FILTER', patch: { operation: 'ADD', value } }] },
      }),
    ).toEqual([]);
  });
});

test.each([
  ['gateway.networking.k8s.io/v1', 'HTTPRoute', { rules: [{ filtres: [] }] }, 'spec.rules[0].filtres'],
  [
    'argoproj.io/v1alpha1',
    'Application',
    { project: 'a', syncPolicy: { automatic: {} } },
    'spec.syncPolicy.automatic',
  ],
  ['sailoperator.io/v1', 'Istio', { values: { global: { meshId: 'a' } } }, 'spec.values.global.meshId'],
])('an unknown field of %s %s is found', (apiVersion, kind, spec, path) => {
  const manifest = { apiVersion, kind, metadata: { name: 'a' }, spec };
  expect(validateManifest(manifest)).toEqual([`${kind} a: unknown field ${path}`]);
});

test('a kind without a schema is a problem', () => {
  expect(validateManifest({ apiVersion: 'example.org/v1', kind: 'Pond', metadata: { name: 'a' } })).toEqual([
    'Pond a: no schema for example.org/v1/Pond',
  ]);
});
