// biome-ignore-all lint/suspicious/noExplicitAny: stands for generated code and for arbitrary values
import fc from 'fast-check';
import {
  toJson_DestinationRuleSpec,
  toJson_EnvoyFilterSpec,
  toJson_VirtualServiceSpec,
} from '../../imports/networking.istio.io';
import { toJson_TelemetrySpec } from '../../imports/telemetry.istio.io';
import { convert } from '../../lib/istio/shape';

test('a mangled name gets its name in the CRD back, at any depth and in lists', () => {
  const props = {
    host: 'a',
    trafficPolicy: { outlierDetection: { consecutive5XxErrors: 1 } },
    subsets: [
      {
        name: 'v1',
        trafficPolicy: { portLevelSettings: [{ outlierDetection: { consecutive5XxErrors: 2 } }] },
      },
    ],
  };
  expect(convert(toJson_DestinationRuleSpec, props)).toEqual({
    host: 'a',
    trafficPolicy: { outlierDetection: { consecutive5xxErrors: 1 } },
    subsets: [
      {
        name: 'v1',
        trafficPolicy: { portLevelSettings: [{ outlierDetection: { consecutive5xxErrors: 2 } }] },
      },
    ],
  });
});

test('a name as the CRD has it stays', () => {
  const props = { host: 'a', trafficPolicy: { outlierDetection: { consecutive5xxErrors: 1 } } };
  expect(convert(toJson_DestinationRuleSpec, props)).toEqual(props);
});

test('in free-form values and in the keys of maps nothing is renamed', () => {
  const filter = { configPatches: [{ patch: { value: { consecutive5XxErrors: [{ map: { a: null } }] } } }] };
  expect(convert(toJson_EnvoyFilterSpec, filter)).toEqual(filter);
  const telemetry = {
    tracing: [{ customTags: { consecutive5XxErrors: { literal: { value: 'x', newer: 1 } } } }],
  };
  expect(convert(toJson_TelemetrySpec, telemetry)).toEqual(telemetry);
});

test('a value of another form than the bindings expect passes unchanged', () => {
  const props = { host: ['a'], subsets: { name: 'v1' }, trafficPolicy: 'x', exportTo: null };
  expect(convert(toJson_DestinationRuleSpec, props)).toEqual(props);
});

/** Generated functions of a schema with all forms that `cdk8s import` writes, with names it would mangle. */
const toJsonLeaf = (obj: any) => obj && drop({ leaf5xx: obj.leaf5Xx, raw: obj.raw });
const toJsonNode = (obj: any): any =>
  obj &&
  drop({
    one5xx: toJsonLeaf(obj.one5Xx),
    many5xx: obj.many5Xx?.map((y: any) => toJsonLeaf(y)),
    texts5xx: obj.texts5Xx?.map((y: any) => y),
    byName5xx:
      obj.byName5Xx === undefined
        ? undefined
        : Object.entries(obj.byName5Xx).reduce(
            (r, i) => (i[1] === undefined ? r : Object.assign(r, { [i[0]]: toJsonLeaf(i[1]) })),
            {},
          ),
    labels5xx:
      obj.labels5Xx === undefined
        ? undefined
        : Object.entries(obj.labels5Xx).reduce(
            (r, i) => (i[1] === undefined ? r : Object.assign(r, { [i[0]]: i[1] })),
            {},
          ),
  });
const drop = (o: object) => Object.fromEntries(Object.entries(o).filter(([, value]) => value !== undefined));

const free = fc.jsonValue({ maxDepth: 2 });
const key = fc.string({ minLength: 1 }).filter(it => it !== '__proto__');
/** Fields that no binding knows. */
const unknown = fc.dictionary(
  key.map(it => `x-${it}`),
  free,
  { maxKeys: 2, noNullPrototype: true },
);
const optional = (model: Record<string, fc.Arbitrary<unknown>>) =>
  fc.record(model, { requiredKeys: [], noNullPrototype: true });
const leaf = fc.tuple(optional({ leaf5Xx: fc.nat(), raw: free }), unknown);
const node = fc.tuple(
  optional({
    one5Xx: leaf,
    many5Xx: fc.array(leaf, { maxLength: 2 }),
    texts5Xx: fc.array(fc.string(), { maxLength: 2 }),
    byName5Xx: fc.dictionary(key, leaf, { maxKeys: 2, noNullPrototype: true }),
    labels5Xx: fc.dictionary(key, fc.string(), { maxKeys: 2, noNullPrototype: true }),
  }),
  unknown,
);

/** Rewrites each [known, unknown] pair of the tree. */
function fold(tree: any, join: (known: any, more: any) => unknown): any {
  const [known, more] = tree as [Record<string, any>, object];
  const pair = (it: any) => join(it[0], it[1]);
  const copy = { ...known };
  if (copy.one5Xx) copy.one5Xx = pair(copy.one5Xx);
  if (copy.many5Xx) copy.many5Xx = copy.many5Xx.map(pair);
  if (copy.byName5Xx)
    copy.byName5Xx = Object.fromEntries(Object.entries(copy.byName5Xx).map(([k, v]) => [k, pair(v)]));
  return join(copy, more);
}

test('known fields come out as the generated function has them (property)', () => {
  fc.assert(
    fc.property(node, tree => {
      const props = fold(tree, known => known);
      expect(convert(toJsonNode, props)).toEqual(toJsonNode(props));
    }),
  );
});

test('unknown fields come out as they went in, at any depth, and change nothing else (property)', () => {
  const RENAMED = /^(leaf|one|many|texts|byName|labels)5Xx$/;
  const rename = (known: object) =>
    Object.fromEntries(Object.entries(known).map(([k, v]) => [k.replace(RENAMED, '$15xx'), v]));
  fc.assert(
    fc.property(node, tree => {
      const props = fold(tree, (known, more) => ({ ...more, ...known }));
      const expected = fold(tree, (known, more) => ({ ...more, ...rename(known) }));
      expect(convert(toJsonNode, props)).toEqual(expected);
    }),
  );
});

test('the real bindings keep unknown fields below every field that they know (property)', () => {
  const path = fc.constantFrom(
    ['http', 0],
    ['http', 0, 'route', 0],
    ['http', 0, 'route', 0, 'destination'],
    ['http', 0, 'retries'],
    ['tls', 0, 'match', 0],
    [],
  );
  fc.assert(
    fc.property(path, unknown, (steps, more) => {
      const build = (at: number): unknown => {
        if (at === steps.length) return { ...more };
        return typeof steps[at] === 'number' ? [build(at + 1)] : { [steps[at]]: build(at + 1) };
      };
      expect(convert(toJson_VirtualServiceSpec, build(0))).toEqual(build(0));
    }),
  );
});

test('bindings of a form that is not understood are an error, not a loss', () => {
  const strange = (obj: any) => ({ both: `${typeof obj.a}${typeof obj.b}` });
  expect(() => convert(strange as never, { a: 1 })).toThrow('2 names read, 1 written');
});
