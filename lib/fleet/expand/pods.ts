import type { Labels } from '../labels';
import { type Plain, plainAt, plainsAt, stringAt } from '../plain';
import type { FleetObject } from '../types';
import type { FleetNode } from './nodes';
import type { Workload } from './workloads';

/** A pod that stands for one replica of a workload. */
export interface ExpandedPod {
  readonly cluster: string;
  readonly namespace: string;
  readonly name: string;
  readonly address: string;
  readonly labels: Labels;
  readonly node: FleetNode;
  readonly workload: Workload;
}

/** Stands for the hash of a pod template; only that it is the same for all pods of a Deployment matters. */
const TEMPLATE_HASH = 'expanded';

/** Name of a workload's pod: as Kubernetes makes it for StatefulSets, else numbered instead of random. */
export function podName(workload: Workload, index: number): string {
  return workload.kind === 'Deployment'
    ? `${workload.name}-${TEMPLATE_HASH}-${index}`
    : `${workload.name}-${index}`;
}

/** Labels that the workload's controller adds to its pods. */
export function controllerLabels(workload: Workload): Labels {
  return workload.kind === 'Deployment' ? { 'pod-template-hash': TEMPLATE_HASH } : {};
}

/** The pod's manifest, running and ready, as far as Istio reads it. */
export function podManifest(pod: ExpandedPod): FleetObject {
  const { workload } = pod;
  const spec = plainAt(workload.template, 'spec');
  const hostname = workload.kind === 'StatefulSet' ? pod.name : stringAt(spec, 'hostname');
  const subdomain =
    workload.kind === 'StatefulSet'
      ? stringAt(workload.object.manifest, 'spec', 'serviceName')
      : stringAt(spec, 'subdomain');
  return {
    cluster: pod.cluster,
    file: '',
    line: 0,
    manifest: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: pod.name,
        namespace: pod.namespace,
        labels: { ...pod.labels },
        ownerReferences: [ownerOf(workload)],
      },
      spec: {
        ...(hostname ? { hostname } : {}),
        ...(subdomain ? { subdomain } : {}),
        nodeName: pod.node.name,
        serviceAccountName: stringAt(spec, 'serviceAccountName') ?? 'default',
        containers: plainsAt(spec, 'containers').map(trimContainer),
      },
      status: {
        phase: 'Running',
        podIP: pod.address,
        podIPs: [{ ip: pod.address }],
        conditions: [{ type: 'Ready', status: 'True' }],
      },
    },
  };
}

function ownerOf(workload: Workload): Plain {
  const isDeployment = workload.kind === 'Deployment';
  return {
    apiVersion: 'apps/v1',
    kind: isDeployment ? 'ReplicaSet' : workload.kind,
    name: isDeployment ? `${workload.name}-${TEMPLATE_HASH}` : workload.name,
    uid: `${workload.namespace}-${workload.name}`,
    controller: true,
  };
}

function trimContainer(container: Plain): Plain {
  return Object.fromEntries(
    ['name', 'image', 'ports', 'env']
      .filter(field => container[field] !== undefined)
      .map(field => [field, container[field]]),
  );
}
