import type { Manifest } from '../../manifest';
import { proxyNetwork } from '../control-plane';
import { InputError } from '../errors';
import { type Fleet, kindKey, namespaceOf } from '../fleet';
import { LABELS } from '../labels';
import { plainAt, plainsAt, stringAt, stringsAt } from '../plain';
import type { FleetObject } from '../types';
import { podLabels } from './injection';
import { controllerLabels, podManifest } from './pods';
import { type Workload, workloadsOf } from './workloads';

/**
 * What a running cluster's EndpointSlices say, instead of assumptions: the slices themselves, the Pods they
 * name, with the labels of the workload whose name theirs begins with, and the Nodes in their zones.
 *
 * @param objects what `kubectl get endpointslices -A -o json` gave for the cluster.
 * @throws InputError when it holds something else.
 */
export function observedObjects(
  fleet: Fleet,
  cluster: string,
  objects: readonly FleetObject[],
): FleetObject[] {
  const place = fleet.cluster(cluster);
  const network = proxyNetwork(fleet, place);
  const workloads = workloadsOf(fleet, cluster);
  const result = new Map<string, FleetObject>();
  const put = (object: FleetObject) => {
    const { namespace = '', name } = object.manifest.metadata;
    const key = `${kindKey(object.manifest)} ${namespace}/${name}`;
    if (!result.has(key)) result.set(key, object);
  };
  for (const object of objects) {
    if (kindKey(object.manifest) !== 'EndpointSlice.discovery.k8s.io') {
      throw new InputError(
        `holds a ${object.manifest.kind}, not only EndpointSlices`,
        'Give what "kubectl get endpointslices -A -o json" prints.',
        { file: object.file, line: object.line },
      );
    }
    put({ ...object, cluster });
    for (const endpoint of plainsAt(object.manifest, 'endpoints')) {
      const node = stringAt(endpoint, 'nodeName') ?? '';
      if (node) put(nodeObject(cluster, node, place.region, stringAt(endpoint, 'zone') ?? ''));
      const name = stringAt(endpoint, 'targetRef', 'name');
      const [address] = stringsAt(endpoint, 'addresses');
      if (plainAt(endpoint, 'targetRef').kind !== 'Pod' || !name || !address) continue;
      const namespace = stringAt(endpoint, 'targetRef', 'namespace') ?? namespaceOf(object.manifest);
      const workload = workloadNamed(workloads, namespace, name);
      if (!workload) continue;
      const labels = { ...podLabels(fleet, cluster, workload, network), ...controllerLabels(workload) };
      const at = { name: node, labels: {}, isAssumed: false };
      put(podManifest({ cluster, namespace, name, address, labels, node: at, workload }));
    }
  }
  return [...result.values()];
}

/** The workload with the longest name that a pod's name begins with: `reviews-v1` for `reviews-v1-6d8f-x2x`. */
function workloadNamed(workloads: readonly Workload[], namespace: string, pod: string): Workload | undefined {
  return workloads
    .filter(workload => workload.namespace === namespace && pod.startsWith(`${workload.name}-`))
    .sort((a, b) => b.name.length - a.name.length)[0];
}

function nodeObject(cluster: string, name: string, region: string, zone: string): FleetObject {
  const labels: Record<string, string> = { [LABELS.hostname]: name };
  if (region) labels[LABELS.region] = region;
  if (zone) labels[LABELS.zone] = zone;
  const manifest: Manifest = { apiVersion: 'v1', kind: 'Node', metadata: { name, labels } };
  return { cluster, file: '', line: 0, manifest };
}
