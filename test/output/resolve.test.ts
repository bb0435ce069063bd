import {
  ApiObject,
  type ApiObjectProps,
  App,
  Chart,
  type IResolver,
  JsonPatch,
  Lazy,
  type ResolutionContext,
} from 'cdk8s';
import { Deployment, type Service } from 'cdk8s-plus-27';
import * as fc from 'fast-check';
import { apiObjectToManifest, apiObjectToYaml } from '../../lib/output/resolve';
import { toYaml } from '../../lib/output/yaml';

function apiObject(props: object, app = new App()): ApiObject {
  const chart = new Chart(app, 'chart', { namespace: 'shop', labels: { team: 'a' } });
  return new ApiObject(chart, 'object', { apiVersion: 'v1', kind: 'ConfigMap', ...props } as ApiObjectProps);
}

/** The same as cdk8s, in the same order of keys; or the same error. */
function expectSame(object: ApiObject): void {
  let theirs: unknown;
  try {
    theirs = object.toJson();
  } catch (error) {
    expect(() => apiObjectToManifest(object)).toThrow((error as Error).message);
    expect(() => apiObjectToYaml(object)).toThrow((error as Error).message);
    return;
  }
  const ours = apiObjectToManifest(object);
  expect(ours).toStrictEqual(theirs);
  expect(shape(ours)).toEqual(shape(theirs));
  expect(apiObjectToYaml(object)).toBe(toYaml(theirs));
}

/** Keys in their order, which equality doesn't look at. */
function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shape);
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.entries(value).map(([key, entry]) => [key, shape(entry)]);
}

class IntOrString {
  constructor(readonly value: number | string) {}
}

class Instance {
  readonly a = 1;
}

const upperCase: IResolver = {
  resolve(context: ResolutionContext) {
    if (context.value === 'replace me') context.replaceValue('replaced');
  },
};

const SPECIAL: [string, unknown][] = [
  ['a Lazy', Lazy.any({ produce: () => ({ z: 1, a: [null, 2], lazy: Lazy.any({ produce: () => 'x' }) }) })],
  ['a token', { resolve: () => ({ b: 1, a: undefined }) }],
  ['a union of number and string', new IntOrString(8080)],
  ['a list with a resolve function', Object.assign([1], { resolve: () => 'x' })],
  ['a list with a value', Object.assign([1], { value: 'x' })],
  ['an instance of a class', new Instance()],
  ['a date', new Date(0)],
  ['a map without prototype', Object.assign(Object.create(null), { a: 1 })],
  ['a map with a constructor', { constructor: 'mine' }],
  ['a map with __proto__', JSON.parse('{"__proto__": {"a": 1}, "b": 2}')],
  ['a map with resolve that is no function', { resolve: 'x', value: 1 }],
  ['numbers as keys', { 10: 'a', 9: 'b', a: 'c', '-1': 'd', '01': 'e' }],
  [
    'many keys',
    Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`k${(index * 37) % 60}`, index])),
  ],
  ['names from Object.prototype', { toString: 'x', hasOwnProperty: 1, valueOf: { a: 1 } }],
  ['nothing', { a: null, b: undefined, c: { d: null }, e: [null, undefined, {}, []], f: {}, g: [] }],
  ['a big integer', 10n ** 20n],
];

describe('an object equals what cdk8s makes of it', () => {
  test.each(SPECIAL)('with %s', (_name, value) => {
    expectSame(apiObject({ spec: { z: 1, value, a: [value, [value]] } }));
    expectSame(apiObject({ data: value }));
    expectSame(apiObject({ metadata: { annotations: { value }, more: value, name: 'x' } }));
  });

  test('with metadata of every kind', () => {
    const object = apiObject({
      metadata: {
        finalizers: ['b', 'a'],
        labels: { z: '1', a: '2', none: undefined },
        annotations: {},
        ownerReferences: [],
        generateName: 'x-',
        custom: { empty: {}, list: [], items: [{}, { a: 1 }] },
      },
    });
    object.metadata.addLabel('added', 'yes');
    object.metadata.addAnnotation('note', 'a');
    object.metadata.add('other', { b: 1, a: 2 });
    expectSame(object);
    expectSame(apiObject({}));
    expectSame(apiObject({ metadata: { name: 'x', namespace: 'y' } }));
  });

  test('with top-level fields of every kind', () => {
    expectSame(apiObject({ zeta: 1, alpha: 2, 7: 'x', toString: 'y', status: null, spec: {} }));
    expectSame(apiObject(JSON.parse('{"__proto__": {"a": 1}}')));
  });

  test('with JSON patches, which may leave null and other keys last', () => {
    const object = apiObject({ spec: { b: 1, c: [1, 2] } });
    object.addJsonPatch(
      JsonPatch.add('/spec/a', null),
      JsonPatch.remove('/spec/c/0'),
      JsonPatch.add('/aaa', 1),
    );
    expectSame(object);
  });

  test('with a resolver of the app’s own', () => {
    const object = apiObject({ spec: { a: 'replace me' } }, new App({ resolvers: [upperCase] }));
    expect(apiObjectToManifest(object).spec).toEqual({ a: 'replaced' });
    expectSame(object);
  });

  test('when a subclass renders itself', () => {
    class Rendering extends ApiObject {
      override toJson() {
        return { ...super.toJson(), extra: { z: 1, a: 2 } };
      }
    }
    const chart = new Chart(new App(), 'chart');
    expectSame(new Rendering(chart, 'object', { apiVersion: 'v1', kind: 'ConfigMap' }));
  });

  test('for workloads of cdk8s-plus', () => {
    const chart = new Chart(new App(), 'chart');
    const deployment = new Deployment(chart, 'reviews', { containers: [{ image: 'reviews:1', port: 9080 }] });
    const service: Service = deployment.exposeViaService();
    for (const construct of [deployment, service]) expectSame(ApiObject.of(construct));
  });

  test('without sorting, if so told', () => {
    process.env.CDK8S_DISABLE_SORT = '1';
    try {
      expectSame(
        apiObject({
          spec: { z: 1, a: { c: 1, b: [{ y: 1, x: 2 }] } },
          metadata: { labels: { z: '1', a: '2' } },
        }),
      );
    } finally {
      delete process.env.CDK8S_DISABLE_SORT;
    }
  });

  test('when it refers to itself: cdk8s’s error', () => {
    const loop: Record<string, unknown> = {};
    loop.loop = loop;
    expect(() => apiObjectToManifest(apiObject({ spec: loop }))).toThrow('Failed serializing construct');
    expect(() => apiObjectToYaml(apiObject({ spec: loop }))).toThrow('Failed serializing construct');
  });

  test('the manifest shares nothing with the construct', () => {
    const props = { spec: { list: [{ a: 1 }] }, metadata: { labels: { a: '1' } } };
    const object = apiObject(props);
    const manifest = apiObjectToManifest(object);
    (manifest.spec as typeof props.spec).list[0].a = 2;
    manifest.metadata.labels!.a = '2';
    expect(object.toJson()).toMatchObject({ spec: { list: [{ a: 1 }] }, metadata: { labels: { a: '1' } } });
  });
});

test('random objects equal what cdk8s makes of them', () => {
  const special = fc.constantFrom(...SPECIAL.map(([, value]) => value));
  const key = fc.oneof(
    fc.string({ maxLength: 8 }),
    fc.constantFrom('a', 'b', '1', '10', '-', 'resolve', 'value', 'name'),
  );
  const node = fc.letrec<{ node: unknown }>(tie => ({
    node: fc.oneof(
      { maxDepth: 4 },
      {
        weight: 6,
        arbitrary: fc.oneof(
          fc.string(),
          fc.integer(),
          fc.boolean(),
          fc.constant(null),
          fc.constant(undefined),
        ),
      },
      { weight: 1, arbitrary: special },
      { weight: 4, arbitrary: fc.array(tie('node'), { maxLength: 4 }) },
      { weight: 6, arbitrary: fc.dictionary(key, tie('node'), { maxKeys: 5, noNullPrototype: true }) },
    ),
  })).node;
  const fields = fc.dictionary(key, node, { maxKeys: 4, noNullPrototype: true });
  fc.assert(
    fc.property(fields, fields, (top, metadata) => {
      // Its name must be text for cdk8s to take it.
      expectSame(apiObject({ ...top, metadata: { ...metadata, name: 'x' } }));
    }),
    { numRuns: 2000 },
  );
});
