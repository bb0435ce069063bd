import { Fleet } from '../fleet/fleet';
import { isPlain } from '../fleet/plain';
import type { FleetObject } from '../fleet/types';
import type { Manifest } from '../manifest';

/**
 * The fleet with labels and annotations that are texts, as Kubernetes has them: hand-written ones may hold
 * numbers and booleans (`inject: true`), which the API server refuses. The same fleet when all are.
 */
export function withTexts(fleet: Fleet): Fleet {
  if (fleet.objects.every(hasTexts) && fleet.duplicates.every(({ first }) => hasTexts(first))) return fleet;
  const objects = [...fleet.duplicates.map(({ first }) => first), ...fleet.objects];
  return new Fleet({
    clusters: fleet.clusters,
    objects: objects.map(object =>
      hasTexts(object) ? object : { ...object, manifest: corrected(object.manifest) },
    ),
    helm: fleet.helm,
  });
}

function hasTexts({ manifest: { metadata } }: FleetObject): boolean {
  return [metadata.labels, metadata.annotations].every(
    (map: unknown) =>
      map === undefined || (isPlain(map) && Object.values(map).every(value => typeof value === 'string')),
  );
}

function corrected(manifest: Manifest): Manifest {
  const { labels, annotations, ...metadata } = manifest.metadata;
  return { ...manifest, metadata: { ...metadata, labels: texts(labels), annotations: texts(annotations) } };
}

function texts(map: unknown): Record<string, string> {
  if (!isPlain(map)) return {};
  return Object.fromEntries(
    Object.entries(map).map(([key, value]) => [key, typeof value === 'string' ? value : String(value)]),
  );
}
