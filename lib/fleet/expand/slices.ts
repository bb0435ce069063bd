import type { Manifest } from '../../manifest';
import { type Fleet, namespaceOf } from '../fleet';
import { containsLabels, LABELS } from '../labels';
import { labelsAt, numberAt, type Plain, plainsAt, stringAt, valueAt } from '../plain';
import type { FleetObject } from '../types';
import type { ExpandedPod } from './pods';
import { containerPort } from './workloads';

/** Endpoints per slice. Source: Kubernetes' endpointslice controller, --max-endpoints-per-slice. */
const MAX_ENDPOINTS = 100;
/** The label that ties a slice to its Service. */
export const SERVICE_NAME_LABEL = 'kubernetes.io/service-name';

/**
 * The EndpointSlices of a cluster's Services that select pods. A Service that already has slices in the fleet
 * keeps those.
 *
 * Source: Kubernetes' endpointslice controller: pods are grouped by the ports their names resolve to.
 */
export function slicesOf(fleet: Fleet, cluster: string, pods: readonly ExpandedPod[]): FleetObject[] {
  const known = new Set(
    fleet
      .ofKind('EndpointSlice.discovery.k8s.io', cluster)
      .map(({ manifest }) => `${namespaceOf(manifest)}/${manifest.metadata.labels?.[SERVICE_NAME_LABEL]}`),
  );
  const podsByNamespace = new Map<string, ExpandedPod[]>();
  for (const pod of pods) {
    const list = podsByNamespace.get(pod.namespace);
    if (list) list.push(pod);
    else podsByNamespace.set(pod.namespace, [pod]);
  }
  const objects: FleetObject[] = [];
  for (const { manifest } of fleet.ofKind('Service', cluster)) {
    const namespace = namespaceOf(manifest);
    const selector = labelsAt(manifest, 'spec', 'selector');
    const isExternal = stringAt(manifest, 'spec', 'type') === 'ExternalName';
    if (
      isExternal ||
      Object.keys(selector).length === 0 ||
      known.has(`${namespace}/${manifest.metadata.name}`)
    )
      continue;
    const selected = (podsByNamespace.get(namespace) ?? []).filter(pod =>
      containsLabels(selector, pod.labels),
    );
    for (const slice of slicesOfService(manifest, selected)) {
      objects.push({ cluster, file: '', line: 0, manifest: slice });
    }
  }
  return objects;
}

function slicesOfService(service: Manifest, pods: readonly ExpandedPod[]): Manifest[] {
  const groups = new Map<string, { ports: Plain[]; pods: ExpandedPod[] }>();
  for (const pod of pods) {
    const ports = portsFor(service, pod);
    const key = JSON.stringify(ports);
    const group = groups.get(key) ?? { ports, pods: [] };
    group.pods.push(pod);
    groups.set(key, group);
  }
  const slices: Manifest[] = [];
  for (const key of [...groups.keys()].sort()) {
    const { ports, pods: grouped } = groups.get(key)!;
    for (let i = 0; i < grouped.length; i += MAX_ENDPOINTS) {
      slices.push({
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: {
          name: `${service.metadata.name}-${slices.length + 1}`,
          namespace: namespaceOf(service),
          labels: { [SERVICE_NAME_LABEL]: service.metadata.name },
        },
        addressType: 'IPv4',
        ports,
        endpoints: grouped.slice(i, i + MAX_ENDPOINTS).map(endpointOf),
      });
    }
  }
  return slices;
}

function portsFor(service: Manifest, pod: ExpandedPod): Plain[] {
  const ports: Plain[] = [];
  for (const port of plainsAt(service, 'spec', 'ports')) {
    const target = valueAt(port, 'targetPort');
    const number =
      typeof target === 'string'
        ? containerPort(pod.workload.template, target)
        : typeof target === 'number'
          ? target
          : numberAt(port, 'port');
    // A name that the pod doesn't know gives no endpoint for this port.
    if (number === undefined) continue;
    ports.push({
      name: stringAt(port, 'name') ?? '',
      port: number,
      protocol: stringAt(port, 'protocol') ?? 'TCP',
      ...(stringAt(port, 'appProtocol') ? { appProtocol: stringAt(port, 'appProtocol') } : {}),
    });
  }
  return ports;
}

function endpointOf(pod: ExpandedPod): Plain {
  const zone = pod.node.labels[LABELS.zone];
  return {
    addresses: [pod.address],
    // All three are said: Istio takes a missing "terminating" of an endpoint that isn't ready for true.
    conditions: { ready: true, serving: true, terminating: false },
    nodeName: pod.node.name,
    targetRef: { kind: 'Pod', name: pod.name, namespace: pod.namespace },
    ...(zone ? { zone } : {}),
  };
}
