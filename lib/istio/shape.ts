/**
 * Turns props, named as the bindings name them, into a manifest, named as the CRD names them, and keeps what
 * the bindings don't know.
 *
 * `cdk8s import` mangles some names (`consecutive5xxErrors` becomes `consecutive5XxErrors`) and generates
 * `toJson_*` functions that undo it, but those copy known fields only. So each is run once, on a probe that
 * stands for any value and notes what is read from it; the names learnt that way are then applied to props.
 */
export function convert(toJson: ToJson, props: unknown): unknown {
  return apply(shapeOf(toJson), props);
}

/** A generated `toJson_*` function. */
export type ToJson = (props: never) => Record<string, unknown> | undefined;

/** What a value is made of, as far as renaming goes. */
type Shape =
  | { readonly is: 'any' }
  // A number or a text, in the bindings' class for the two of them.
  | { readonly is: 'wrapped' }
  | { readonly is: 'list'; readonly items: Shape }
  | { readonly is: 'map'; readonly values: Shape }
  | { readonly is: 'object'; readonly fields: ReadonlyMap<string, { name: string; shape: Shape }> };

const ANY: Shape = { is: 'any' };

function apply(shape: Shape, value: unknown): unknown {
  if (shape.is === 'wrapped') return unwrapped(value);
  if (Array.isArray(value)) return shape.is === 'list' ? value.map(item => apply(shape.items, item)) : value;
  if (!isPlainObject(value)) return value;
  if (shape.is === 'map') return mapEntries(value, (key, entry) => [key, apply(shape.values, entry)]);
  if (shape.is !== 'object') return value;
  return mapEntries(value, (key, entry) => {
    const field = shape.fields.get(key);
    return field ? [field.name, apply(field.shape, entry)] : [key, entry];
  });
}

function unwrapped(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'value' in value ? value.value : value;
}

function mapEntries(value: object, entry: (key: string, value: unknown) => [string, unknown]) {
  return Object.fromEntries(Object.entries(value).map(([key, item]) => entry(key, item)));
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

const shapes = new WeakMap<ToJson, Shape>();

function shapeOf(toJson: ToJson): Shape {
  let shape = shapes.get(toJson);
  if (!shape) {
    const root = new Probe();
    shape = learn(root, toJson(root.proxy as never));
    shapes.set(toJson, shape);
  }
  return shape;
}

/** The key under which a probe that is read as a map shows its only entry. */
const ANY_KEY = '*';

/** Stands for a value that is not known yet. */
class Probe {
  /** Names read from it, in the order of reading. */
  readonly reads = new Map<string, Probe>();
  /** Whether it was treated as a map. */
  listed = false;
  readonly proxy: object = new Proxy(
    {},
    {
      get: (_, key) => {
        if (key === 'map') return (convertItem: (item: unknown) => unknown) => new ListOf(convertItem);
        return this.read(String(key)).proxy;
      },
      ownKeys: () => {
        this.listed = true;
        return [ANY_KEY];
      },
      getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true, value: undefined }),
    },
  );

  read(key: string): Probe {
    const probe = this.reads.get(key) ?? new Probe();
    this.reads.set(key, probe);
    return probe;
  }
}

/** What mapping over a probe gives: a list whose items are converted alike. */
class ListOf {
  constructor(readonly convertItem: (item: unknown) => unknown) {}
}

/** The shape behind a probe, from what the generated function made of it. */
function learn(probe: Probe, made: unknown): Shape {
  if (made === probe.proxy) return ANY;
  if (made === probe.reads.get('value')?.proxy) return { is: 'wrapped' };
  if (made instanceof ListOf) {
    const item = new Probe();
    return { is: 'list', items: learn(item, made.convertItem(item.proxy)) };
  }
  if (!isPlainObject(made))
    throw new Error('bindings of an unknown form: generated code made no object of props');
  if (probe.listed) {
    const values = learn(probe.read(ANY_KEY), (made as Record<string, unknown>)[ANY_KEY]);
    return { is: 'map', values };
  }
  const names = Object.keys(made);
  if (names.length !== probe.reads.size) {
    throw new Error(`bindings of an unknown form: ${probe.reads.size} names read, ${names.length} written`);
  }
  const fields = [...probe.reads].map(([key, child], i): [string, { name: string; shape: Shape }] => [
    key,
    { name: names[i], shape: learn(child, (made as Record<string, unknown>)[names[i]]) },
  ]);
  return { is: 'object', fields: new Map(fields) };
}
