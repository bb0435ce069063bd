import { type Document, isMap, isSeq, LineCounter, type ParsedNode, parseAllDocuments } from 'yaml';
import type { Manifest } from '../manifest';
import { InputError } from './errors';
import { isPlain, type Plain } from './plain';
import type { FleetObject } from './types';

/** An alias may stand for at most so many nodes: more is an attack, not a manifest. */
const MAX_ALIASES = 100;

/** What parsing the same document twice would give: rendered clusters are full of equal documents. */
export type ParseCache = Map<string, readonly ParsedDocument[]>;

interface ParsedDocument {
  /** Line of the object in its document, from 0. */
  readonly line: number;
  readonly value: unknown;
}

/**
 * The objects in a file of YAML or JSON: several documents, `List`s expanded, each with its line.
 *
 * @throws InputError with file, line and column when it doesn't parse, when aliases are used to blow it up,
 * or when a document isn't a Kubernetes object.
 */
export function parseManifests(
  cluster: string,
  file: string,
  text: string,
  cache: ParseCache = new Map(),
): FleetObject[] {
  const objects: FleetObject[] = [];
  for (const { value, line } of parseDocuments(file, text, cache)) {
    addObject(objects, cluster, file, line, value);
  }
  return objects;
}

/** The one mapping in a file, such as Helm values or an inventory. @throws InputError when it isn't one. */
export function parseMapping(file: string, text: string): Plain {
  const documents = parseDocuments(file, text, new Map());
  if (documents.length === 0) return {};
  const [only] = documents;
  if (documents.length > 1 || !isPlain(only.value)) {
    throw new InputError('is not one YAML mapping', 'Write keys and values in a single document.', {
      file,
      line: only.line,
    });
  }
  return only.value;
}

function parseDocuments(file: string, text: string, cache: ParseCache): ParsedDocument[] {
  const parsed: ParsedDocument[] = [];
  for (const part of splitDocuments(text)) {
    let documents = cache.get(part.text);
    if (!documents) {
      documents = parsePart(file, part.text, part.line);
      cache.set(part.text, documents);
    }
    for (const document of documents) {
      parsed.push({ value: document.value, line: document.line + part.line });
    }
  }
  return parsed;
}

/**
 * Cuts a file where its documents begin, so that equal documents are parsed once. A `---` in the first
 * column always begins a document; a file with directives is left whole.
 */
function splitDocuments(text: string): { text: string; line: number }[] {
  if (/^%/m.test(text)) return [{ text, line: 1 }];
  const parts: { text: string; line: number }[] = [];
  let line = 1;
  for (const part of text.split(/^(?=---(?:\s|$))/m)) {
    parts.push({ text: part, line });
    line += part.split('\n').length - 1;
  }
  return parts;
}

function parsePart(file: string, text: string, firstLine: number): ParsedDocument[] {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines, merge: true });
  if (!Array.isArray(documents)) return [];
  const parsed: ParsedDocument[] = [];
  for (const document of documents) {
    const [error] = document.errors;
    if (error) {
      const at = error.linePos?.[0];
      throw new InputError(
        `doesn't parse: ${error.message.split(/ at line |:?\n/)[0]}`,
        'Correct the YAML at this place.',
        { file, line: firstLine + (at?.line ?? 1) - 1, column: at?.col },
      );
    }
    const root = document.contents;
    if (!root) continue;
    const value = toValue(file, firstLine, document, lines, root);
    if (value === null) continue;
    const items = listItems(value);
    if (!items) {
      parsed.push({ value, line: lineOf(lines, root) });
      continue;
    }
    const nodes = itemNodes(root);
    items.forEach((item, i) => {
      parsed.push({ value: item, line: nodes[i] ? lineOf(lines, nodes[i]) : lineOf(lines, root) });
    });
  }
  return parsed;
}

function toValue(
  file: string,
  firstLine: number,
  document: Document.Parsed,
  lines: LineCounter,
  root: ParsedNode,
): unknown {
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (error) {
    throw new InputError(
      `can't be expanded: ${error instanceof Error ? error.message : String(error)}`,
      'Write the repeated parts out instead of using aliases.',
      { file, line: firstLine + lineOf(lines, root) },
    );
  }
}

/** The items of a `List` (or `ServiceList`…); undefined for any other object. */
function listItems(value: unknown): unknown[] | undefined {
  if (!isPlain(value) || typeof value.kind !== 'string') return undefined;
  return value.kind.endsWith('List') && Array.isArray(value.items) ? value.items : undefined;
}

function itemNodes(root: ParsedNode): ParsedNode[] {
  const items = isMap(root) ? root.get('items', true) : undefined;
  return isSeq(items) ? (items.items as ParsedNode[]) : [];
}

function lineOf(lines: LineCounter, node: ParsedNode): number {
  return lines.linePos(node.range[0]).line - 1;
}

function addObject(
  objects: FleetObject[],
  cluster: string,
  file: string,
  line: number,
  value: unknown,
): void {
  const place = { file, line };
  if (!isPlain(value) || typeof value.apiVersion !== 'string' || typeof value.kind !== 'string') {
    throw new InputError(
      'is not a Kubernetes object: it has no apiVersion and kind',
      'Move files that are not manifests out of the folder (Helm values belong in its "helm" subfolder).',
      place,
    );
  }
  // A list of build instructions, never an object of the cluster.
  if (value.apiVersion.startsWith('kustomize.config.k8s.io/')) return;
  if (!isPlain(value.metadata) || typeof value.metadata.name !== 'string') {
    throw new InputError(
      `${value.kind} has no metadata.name`,
      'Name the object; generated names can only be known in a running cluster.',
      place,
    );
  }
  objects.push({ cluster, file, line, manifest: value as Manifest });
}
