import {
  ApiObject,
  ApiObjectMetadataDefinition,
  type App,
  ImplicitTokenResolver,
  LazyResolver,
  NumberStringUnionResolver,
} from 'cdk8s';
import type { IConstruct } from 'constructs';
import type { Manifest } from '../manifest';

/**
 * The final manifest of an ordinary cdk8s ApiObject: equal to `toJson()`, in one pass.
 *
 * cdk8s walks each object four times and asks every resolver about every value (cdk8s 2.70: api-object.ts,
 * resolve.ts, metadata.ts, _util.ts). Plain values, lists and maps can hold nothing that the built-in resolvers
 * replace; they are copied here as cdk8s would copy them: without null and undefined, keys sorted. Where anything
 * else is met (tokens, instances of classes, JSON patches, a resolver of the app's own, a subclass that renders
 * itself), `toJson()` is asked.
 *
 * @throws what `toJson()` throws
 */
export function apiObjectToManifest(object: ApiObject): Manifest {
  const internals = object as unknown as Internals;
  if (
    object.toJson !== ApiObject.prototype.toJson ||
    object.metadata.toJson !== ApiObjectMetadataDefinition.prototype.toJson ||
    internals.patches?.length !== 0 ||
    !hasBuiltInResolversOnly(object)
  ) {
    return object.toJson();
  }
  const manifest = copyObject(internals.props, object.metadata as unknown as MetadataInternals);
  return (manifest ?? object.toJson()) as Manifest;
}

type Plain = Record<string, unknown>;

/** What cdk8s keeps private in an ApiObject. */
interface Internals {
  readonly props: Plain;
  readonly patches: readonly unknown[] | undefined;
}

/** What cdk8s keeps private in an object's metadata. */
interface MetadataInternals {
  readonly _additionalAttributes: Plain;
  readonly name: unknown;
  readonly namespace: unknown;
  readonly annotations: unknown;
  readonly finalizers: unknown;
  readonly ownerReferences: unknown;
  readonly labels: unknown;
}

/** Says that something was met that only cdk8s knows how to resolve. */
const SPECIAL = Symbol('special');

const BUILT_IN = new Set<unknown>([LazyResolver, ImplicitTokenResolver, NumberStringUnionResolver]);
const builtInOnly = new WeakMap<App, boolean>();

function hasBuiltInResolversOnly(construct: IConstruct): boolean {
  let root = construct;
  for (let scope = root.node.scope; scope; scope = scope.node.scope) root = scope;
  const app = root as App;
  let known = builtInOnly.get(app);
  if (known === undefined) {
    const resolvers = (app as Partial<App>).resolvers;
    known = Array.isArray(resolvers) && resolvers.every(resolver => BUILT_IN.has(resolver.constructor));
    builtInOnly.set(app, known);
  }
  return known;
}

/** The top of an object: `apiVersion`, `kind` and `metadata` first. Undefined where only cdk8s knows how. */
function copyObject(props: Plain, metadata: MetadataInternals): Plain | undefined {
  const sort = !process.env.CDK8S_DISABLE_SORT;
  const result: Plain = {};
  for (const key of ['apiVersion', 'kind']) {
    const value = copy(props[key], sort, false);
    if (value === SPECIAL) return undefined;
    if (value !== undefined) result[key] = value;
  }
  const copied = copyMetadata(metadata);
  if (copied === SPECIAL) return undefined;
  if (copied !== undefined) result.metadata = copied;
  for (const key of keysOf(props, sort)) {
    if (key === 'apiVersion' || key === 'kind' || key === 'metadata') continue;
    const value = key === '__proto__' ? SPECIAL : copy(props[key], sort, false);
    if (value === SPECIAL) return undefined;
    if (value !== undefined) result[key] = value;
  }
  return result;
}

/** As `ApiObjectMetadataDefinition.toJson()`: sorted always, and without what is empty. */
function copyMetadata(metadata: MetadataInternals): unknown {
  const { name, namespace, annotations, finalizers, ownerReferences, labels } = metadata;
  const more = metadata._additionalAttributes;
  return copy({ ...more, name, namespace, annotations, finalizers, ownerReferences, labels }, true, true);
}

/**
 * A copy as cdk8s's `sanitizeValue(resolve(value))` makes it.
 *
 * @param value any value
 * @param sort whether keys are sorted
 * @param dropEmpty whether empty lists and maps become undefined
 * @returns the copy, undefined for what is dropped, or {@link SPECIAL}
 */
function copy(value: unknown, sort: boolean, dropEmpty: boolean): unknown {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'boolean':
    case 'undefined':
      return value;
    case 'object':
      if (value === null) return undefined;
      return Array.isArray(value)
        ? copyList(value, sort, dropEmpty)
        : copyMap(value as Plain, sort, dropEmpty);
    default:
      return SPECIAL;
  }
}

function copyList(items: unknown[], sort: boolean, dropEmpty: boolean): unknown {
  if (items.constructor !== Array || 'resolve' in items || 'value' in items) return SPECIAL;
  const { length } = items;
  if (dropEmpty && length === 0) return undefined;
  const result = new Array<unknown>(length);
  for (let index = 0; index < length; index++) {
    const item = copy(items[index], sort, dropEmpty);
    if (item === SPECIAL) return SPECIAL;
    result[index] = item;
  }
  return result;
}

function copyMap(map: Plain, sort: boolean, dropEmpty: boolean): unknown {
  if (Object.getPrototypeOf(map) !== Object.prototype || map.constructor !== Object) return SPECIAL;
  if (typeof map.resolve === 'function') return SPECIAL;
  const result: Plain = {};
  let empty = true;
  for (const key of keysOf(map, sort)) {
    if (key === '__proto__') return SPECIAL;
    const value = copy(map[key], sort, dropEmpty);
    if (value === undefined) continue;
    if (value === SPECIAL) return SPECIAL;
    result[key] = value;
    empty = false;
  }
  return dropEmpty && empty ? undefined : result;
}

/** Keys in the order of their code units, as cdk8s sorts them; most maps are small. */
function keysOf(map: Plain, sort: boolean): string[] {
  const keys = Object.keys(map);
  if (!sort) return keys;
  if (keys.length > 24) return keys.sort();
  for (let index = 1; index < keys.length; index++) {
    const key = keys[index];
    let at = index;
    for (; at > 0 && keys[at - 1] > key; at--) keys[at] = keys[at - 1];
    keys[at] = key;
  }
  return keys;
}
