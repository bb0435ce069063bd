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
import { isPlainList, isPlainMap, keysInOrder, type Plain } from './plain';
import { toYaml, unresolvedToYaml } from './yaml';

/**
 * Ordinary cdk8s ApiObjects in one pass.
 *
 * cdk8s walks each object four times and asks every resolver about every value (cdk8s 2.70: api-object.ts,
 * resolve.ts, metadata.ts, _util.ts). Plain values, lists and maps hold nothing that the built-in resolvers
 * replace; they are taken here as cdk8s would take them: without null and undefined, keys sorted. Where anything
 * else is met (tokens, instances of classes, JSON patches, a resolver of the app's own, a subclass that renders
 * itself, as the generated bindings do), `toJson()` is asked.
 */

/**
 * The final manifest of an object: equal to its `toJson()`.
 *
 * @throws what `toJson()` throws
 */
export function apiObjectToManifest(object: ApiObject): Manifest {
  return (orIfTooDeep(() => copyTop(object)) ?? object.toJson()) as Manifest;
}

/**
 * The YAML document of an object: the bytes of `toYaml(object.toJson())`, without making the manifest.
 *
 * @throws what `toJson()` throws
 */
export function apiObjectToYaml(object: ApiObject): string {
  const top = orIfTooDeep(() => topOf(object));
  return (top && unresolvedToYaml(top, traitsOf(object.chart).sort)) ?? toYaml(object.toJson());
}

/** Undefined if the action runs out of stack, as with an object that refers to itself: cdk8s words that. */
function orIfTooDeep<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** An object's fields, resolved; undefined where only cdk8s knows how. */
function copyTop(object: ApiObject): Plain | undefined {
  const top = topOf(object);
  if (!top) return undefined;
  const { sort } = traitsOf(object.chart);
  const manifest: Plain = {};
  for (const key in top) {
    // Metadata has been copied already.
    const value = key === 'metadata' ? top[key] : copy(top[key], sort, false);
    if (value === SPECIAL) return undefined;
    if (value !== undefined) manifest[key] = value;
  }
  return manifest;
}

/**
 * An object's fields, not resolved but for metadata, in the order of a manifest; undefined where only cdk8s knows
 * how to resolve it.
 */
function topOf(object: ApiObject): Plain | undefined {
  const { props, patches } = object as unknown as { props: Plain; patches: unknown[] | undefined };
  if (
    object.toJson !== ApiObject.prototype.toJson ||
    object.metadata.toJson !== ApiObjectMetadataDefinition.prototype.toJson ||
    patches?.length !== 0 ||
    !traitsOf(object.chart).builtInResolversOnly
  ) {
    return undefined;
  }
  const metadata = copyMetadata(object.metadata as unknown as MetadataInternals);
  if (metadata === SPECIAL) return undefined;
  const top: Plain = { apiVersion: props.apiVersion, kind: props.kind, metadata };
  for (const key of keysInOrder(props, traitsOf(object.chart).sort)) {
    if (key === '__proto__') return undefined;
    if (!Object.hasOwn(top, key)) top[key] = props[key];
  }
  return top;
}

const BUILT_IN = new Set<unknown>([LazyResolver, ImplicitTokenResolver, NumberStringUnionResolver]);

/** What holds for all objects of one app; asked once, because walking up and reading the environment cost more than an object. */
interface AppTraits {
  readonly builtInResolversOnly: boolean;
  readonly sort: boolean;
}

const traitsOfCharts = new WeakMap<IConstruct, AppTraits>();

function traitsOf(chart: IConstruct): AppTraits {
  let traits = traitsOfCharts.get(chart);
  if (traits === undefined) {
    const { resolvers } = chart.node.root as Partial<App>;
    traits = {
      builtInResolversOnly:
        Array.isArray(resolvers) && resolvers.every(resolver => BUILT_IN.has(resolver.constructor)),
      // The switch of cdk8s.
      sort: !process.env.CDK8S_DISABLE_SORT,
    };
    traitsOfCharts.set(chart, traits);
  }
  return traits;
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

const METADATA_FIELDS = [
  'annotations',
  'finalizers',
  'labels',
  'name',
  'namespace',
  'ownerReferences',
] as const;
const metadataFields = new Set<string>(METADATA_FIELDS);

/** As `ApiObjectMetadataDefinition.toJson()`: always sorted, and without what is empty. */
function copyMetadata(metadata: MetadataInternals): unknown {
  const result: Plain = {};
  let all: Plain = metadata as unknown as Plain;
  let keys: readonly string[] = METADATA_FIELDS;
  for (const key in metadata._additionalAttributes) {
    if (metadataFields.has(key)) continue;
    all = { ...metadata._additionalAttributes };
    for (const field of METADATA_FIELDS) all[field] = metadata[field];
    keys = keysInOrder(all, true);
    break;
  }
  for (const key of keys) {
    const value = key === '__proto__' ? SPECIAL : copy(all[key], true, true);
    if (value === SPECIAL) return SPECIAL;
    if (value !== undefined) result[key] = value;
  }
  return result;
}

/** Says that something was met that only cdk8s knows how to resolve. */
const SPECIAL = Symbol('special');

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
      return Array.isArray(value) ? copyList(value, sort, dropEmpty) : copyMap(value, sort, dropEmpty);
    default:
      return SPECIAL;
  }
}

function copyList(items: unknown[], sort: boolean, dropEmpty: boolean): unknown {
  if (!isPlainList(items)) return SPECIAL;
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

function copyMap(map: object, sort: boolean, dropEmpty: boolean): unknown {
  if (!isPlainMap(map)) return SPECIAL;
  const result: Plain = {};
  let empty = true;
  for (const key of keysInOrder(map, sort)) {
    const value = copy(map[key], sort, dropEmpty);
    if (value === undefined) continue;
    if (value === SPECIAL) return SPECIAL;
    result[key] = value;
    empty = false;
  }
  return dropEmpty && empty ? undefined : result;
}
