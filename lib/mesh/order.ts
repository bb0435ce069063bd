import type { Manifest } from '../manifest';
import { byText } from './names';

/** Kinds that others of the same application need first. */
const FIRST = ['CustomResourceDefinition', 'Namespace', 'ConfigMap', 'Secret', 'Service', 'ServiceAccount'];

/**
 * Sorts a layer for people: by namespace, then by application (the label `app`, else the name), then what
 * others need first, then by kind and name. The order does not depend on that of declaration.
 */
export function inReadingOrder(manifests: readonly Manifest[]): readonly Manifest[] {
  return manifests
    .map(manifest => ({ manifest, key: sortKey(manifest) }))
    .sort((a, b) => compareKeys(a.key, b.key))
    .map(({ manifest }) => manifest);
}

function sortKey({ kind, metadata, apiVersion }: Manifest): string[] {
  const rank = FIRST.indexOf(kind);
  return [
    metadata.namespace ?? '',
    metadata.labels?.app ?? metadata.name,
    String(rank < 0 ? FIRST.length : rank),
    kind,
    metadata.name,
    apiVersion,
  ];
}

function compareKeys(a: readonly string[], b: readonly string[]): number {
  const index = a.findIndex((part, i) => part !== b[i]);
  return index < 0 ? 0 : byText(a[index], b[index]);
}
