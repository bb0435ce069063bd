import { isPlainList, isPlainMap, keysInOrder, type Plain } from './plain';
import { numberValue, singleLine, stringValue } from './yaml-scalar';

/**
 * Writes plain data as YAML in block style, laid out as cdk8s lays it out (two spaces, lists indented, keys in
 * the order they have), but without anchors and without folded lines. What it writes parses to the same data
 * by the rules of YAML 1.1 and 1.2.
 */

/** Keys longer than this are written as explicit keys: an implicit one may have 1024 characters (YAML 1.2.2, 7.4). */
const LONGEST_IMPLICIT_KEY = 1000;
/** Bounds the memory of {@link keyTexts}; real manifests use some thousand distinct keys. */
const KEY_TEXTS_KEPT = 20_000;

const keyTexts = new Map<string, string>();
const indents: string[] = [''];

/**
 * One document, ending in a line break, without `---`. Entries that are undefined are left out; null is written.
 *
 * @throws TypeError on what YAML can't hold: functions, symbols, instances of classes
 */
export function toYaml(value: unknown): string {
  try {
    if (isBlock(value, AS_IS)) return block(value, 0, '', AS_IS);
    return `${leaf(value, '')}\n`;
  } catch (error) {
    if (error instanceof Unwritable) throw new TypeError(describe(error.value, value));
    throw error;
  }
}

/**
 * The document of an object's fields that cdk8s hasn't resolved yet, as it would be after that; the fields are in
 * order, those below are sorted if so told. Undefined if there is anything that only cdk8s knows how to resolve.
 */
export function unresolvedToYaml(fields: Plain, sort: boolean): string | undefined {
  try {
    return entries(fields, Object.keys(fields), 0, '', sort ? RESOLVE_SORTED : RESOLVE);
  } catch (error) {
    // Too deep: cdk8s words that.
    if (error instanceof Unwritable || error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Documents separated by `---`, without one before the first, as cdk8s writes them. */
export function toYamlDocuments(values: readonly unknown[]): string {
  return values.map(toYaml).join('---\n');
}

/** How values are taken: as they are, or as cdk8s would resolve them, with keys sorted or not. */
type How = typeof AS_IS | typeof RESOLVE | typeof RESOLVE_SORTED;
const AS_IS = 0;
const RESOLVE = 1;
const RESOLVE_SORTED = 2;

/** A map or list that has entries. */
function isBlock(value: unknown, how: How): value is object {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) {
    if (how !== AS_IS && !isPlainList(value)) throw new Unwritable(value);
    return value.length > 0;
  }
  if (how !== AS_IS) {
    if (!isPlainMap(value)) throw new Unwritable(value);
    for (const key in value) if ((value[key] ?? undefined) !== undefined) return true;
    return false;
  }
  const prototype = Object.getPrototypeOf(value);
  // The second: Object.prototype of another realm.
  if (prototype !== Object.prototype && prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    throw new Unwritable(value);
  }
  for (const key in value) {
    if (Object.hasOwn(value, key) && (value as Plain)[key] !== undefined) return true;
  }
  return false;
}

/** @param lead what stands before the first entry: the indentation, or the `- ` that the collection follows */
function block(value: object, depth: number, lead: string, how: How): string {
  if (Array.isArray(value)) return list(value, depth, lead, how);
  const keys = how === RESOLVE_SORTED ? keysInOrder(value as Plain, true) : Object.keys(value);
  return entries(value as Plain, keys, depth, lead, how);
}

function entries(map: Plain, keys: readonly string[], depth: number, lead: string, how: How): string {
  const indent = indentOf(depth);
  const inner = indentOf(depth + 1);
  let text = '';
  let before = lead;
  for (const key of keys) {
    const entry = map[key];
    if (entry === undefined || (entry === null && how !== AS_IS)) continue;
    const keyText = keyTexts.get(key) ?? keyTextOf(key);
    if (keyText.length > LONGEST_IMPLICIT_KEY) {
      text += `${before}? ${keyText}\n${indent}: `;
      text += isBlock(entry, how) ? block(entry, depth + 1, '', how) : `${leaf(entry, inner)}\n`;
    } else if (typeof entry === 'string') {
      text += `${before}${keyText}: ${stringValue(entry, inner)}\n`;
    } else if (isBlock(entry, how)) {
      text += `${before}${keyText}:\n${block(entry, depth + 1, inner, how)}`;
    } else {
      text += `${before}${keyText}: ${leaf(entry, inner)}\n`;
    }
    before = indent;
  }
  return text;
}

function list(items: readonly unknown[], depth: number, lead: string, how: How): string {
  const indent = indentOf(depth);
  const inner = indentOf(depth + 1);
  let text = '';
  let before = lead;
  for (let index = 0; index < items.length; index++) {
    const item = items[index];
    text += isBlock(item, how)
      ? block(item, depth + 1, `${before}- `, how)
      : `${before}- ${leaf(item, inner)}\n`;
    before = indent;
  }
  return text;
}

function leaf(value: unknown, inner: string): string {
  switch (typeof value) {
    case 'string':
      return stringValue(value, inner);
    case 'number':
      return numberValue(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'bigint':
      return value.toString();
    case 'undefined':
      return 'null';
    case 'object':
      return value === null ? 'null' : Array.isArray(value) ? '[]' : '{}';
    default:
      throw new Unwritable(value);
  }
}

function keyTextOf(key: string): string {
  const text = singleLine(key);
  if (keyTexts.size >= KEY_TEXTS_KEPT) keyTexts.clear();
  keyTexts.set(key, text);
  return text;
}

function indentOf(depth: number): string {
  while (indents.length <= depth) indents.push('  '.repeat(indents.length));
  return indents[depth];
}

/** Thrown inside, without the cost of knowing the path. */
class Unwritable extends Error {
  constructor(readonly value: unknown) {
    super('unwritable');
  }
}

function describe(unwritable: unknown, root: unknown): string {
  const type = typeof unwritable === 'object' ? unwritable!.constructor?.name : typeof unwritable;
  return `can't write a ${type} as YAML at ${pathTo(unwritable, root) || 'the top'}: only plain data can be written`;
}

function pathTo(searched: unknown, at: unknown): string | undefined {
  if (at === searched) return '';
  if (typeof at !== 'object' || at === null) return undefined;
  for (const [key, value] of Object.entries(at)) {
    const rest = pathTo(searched, value);
    if (rest !== undefined) return rest === '' ? key : `${key}.${rest}`;
  }
  return undefined;
}
