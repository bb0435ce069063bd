import type { ControlPlane } from '../fleet/control-plane';
import { type Fleet, namespaceOf } from '../fleet/fleet';
import { containsLabels, type Labels } from '../fleet/labels';
import { labelsAt, numberAt, plainAt, plainsAt, stringAt, stringsAt, valueAt } from '../fleet/plain';
import { type EndpointIndex, type MutableIndex, placeOf, push, workloadBehind } from './endpoints';
import type { Endpoint } from './model';
import { fromWorkloadEntry, isAddress } from './workload-entry';

/**
 * The endpoints that the ServiceEntries of a config cluster list or select.
 *
 * Source: Istio `pilot/pkg/serviceregistry/serviceentry/conversion.go`.
 */
export function serviceEntryEndpoints(fleet: Fleet, plane: ControlPlane): EndpointIndex {
  const index: MutableIndex = new Map();
  addServiceEntries(index, fleet, plane);
  return index;
}

/** Source: Istio `pilot/pkg/serviceregistry/serviceentry/conversion.go` convertServiceEntryToInstances. */
function addServiceEntries(index: MutableIndex, fleet: Fleet, plane: ControlPlane): void {
  const cluster = fleet.cluster(plane.cluster);
  const place = placeOf(fleet, cluster, plane);
  for (const { manifest } of fleet.ofKind('ServiceEntry.networking.istio.io', plane.cluster)) {
    const namespace = namespaceOf(manifest);
    const selector = labelsAt(manifest, 'spec', 'workloadSelector', 'labels');
    const isSelecting = valueAt(manifest, 'spec', 'workloadSelector') !== undefined;
    const entries = isSelecting
      ? fleet
          .ofKind('WorkloadEntry.networking.istio.io', plane.cluster)
          .filter(entry => namespaceOf(entry.manifest) === namespace)
          .map(entry =>
            fromWorkloadEntry(cluster.name, place.network, entry.manifest, plainAt(entry.manifest, 'spec')),
          )
          .filter(entry => containsLabels(selector, entry.labels))
      : plainsAt(manifest, 'spec', 'endpoints').map((spec, i) =>
          fromWorkloadEntry(
            cluster.name,
            place.network,
            { metadata: { name: `${manifest.metadata.name}-${i}`, namespace } },
            spec,
          ),
        );
    const pods = isSelecting ? selectedPods(fleet, plane, namespace, selector) : [];
    const isDns = (stringAt(manifest, 'spec', 'resolution') ?? '').includes('DNS');
    for (const host of stringsAt(manifest, 'spec', 'hosts')) {
      for (const port of plainsAt(manifest, 'spec', 'ports')) {
        const portName = stringAt(port, 'name') ?? '';
        const target = numberAt(port, 'targetPort') ?? numberAt(port, 'number') ?? 0;
        for (const entry of entries) {
          if (!isDns && !isAddress(entry.address)) continue;
          push(index, host, plane.cluster, {
            ...entry.endpoint,
            port: numberAt(entry.ports, portName) ?? target,
            portName,
          });
        }
        for (const pod of pods) push(index, host, plane.cluster, { ...pod, port: target, portName });
        if (isDns && !isSelecting && entries.length === 0) {
          const lone = fromWorkloadEntry(
            cluster.name,
            '',
            { metadata: { name: host, namespace } },
            { address: host },
          );
          push(index, host, plane.cluster, { ...lone.endpoint, port: target, portName });
        }
      }
    }
  }
}

/** Pods of every watched cluster that a ServiceEntry's selector finds in its namespace. */
function selectedPods(
  fleet: Fleet,
  plane: ControlPlane,
  namespace: string,
  selector: Labels,
): Omit<Endpoint, 'port' | 'portName'>[] {
  return fleet.clusters.flatMap(cluster => {
    const place = placeOf(fleet, cluster, plane);
    return [...place.podByAddress]
      .filter(
        ([, { manifest }]) =>
          namespaceOf(manifest) === namespace && containsLabels(selector, manifest.metadata.labels ?? {}),
      )
      .map(([address]) => ({ ...workloadBehind(place, {}, address)!, address, health: 'healthy' as const }));
  });
}
