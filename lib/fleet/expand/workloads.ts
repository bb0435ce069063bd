import { type Fleet, kindKey, namespaceOf } from '../fleet';
import { labelsAt, numberAt, type Plain, plainAt, plainsAt, stringAt } from '../plain';
import type { FleetObject } from '../types';

/** Kinds whose pods are expanded. */
export const WORKLOAD_KINDS = ['Deployment.apps', 'StatefulSet.apps', 'DaemonSet.apps'] as const;

/** Something that runs pods. */
export interface Workload {
  readonly object: FleetObject;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** How many pods; for a DaemonSet undefined: one per node. */
  readonly replicas?: number;
  readonly template: Plain;
}

/** Replicas by `cluster/namespace/name`, `namespace/name` or `name`; the most specific one counts. */
export type ReplicaOverrides = ReadonlyMap<string, number>;

/**
 * The workloads of a cluster, sorted by namespace and name. The number of pods is the override, else the
 * minimum of the HorizontalPodAutoscaler that scales the workload, else `replicas`, else 1.
 */
export function workloadsOf(
  fleet: Fleet,
  cluster: string,
  overrides: ReplicaOverrides = new Map(),
): Workload[] {
  const minimum = autoscaledMinimum(fleet, cluster);
  const workloads: Workload[] = [];
  for (const kind of WORKLOAD_KINDS) {
    for (const object of fleet.ofKind(kind, cluster)) {
      const { manifest } = object;
      const namespace = namespaceOf(manifest);
      const { name } = manifest.metadata;
      const override =
        overrides.get(`${cluster}/${namespace}/${name}`) ??
        overrides.get(`${namespace}/${name}`) ??
        overrides.get(name);
      const declared =
        minimum.get(`${namespace} ${manifest.kind} ${name}`) ?? numberAt(manifest, 'spec', 'replicas') ?? 1;
      const replicas = kindKey(manifest) === 'DaemonSet.apps' ? undefined : (override ?? declared);
      workloads.push({
        object,
        kind: manifest.kind,
        namespace,
        name,
        replicas,
        template: plainAt(manifest, 'spec', 'template'),
      });
    }
  }
  const key = ({ namespace, name, kind }: Workload) => `${namespace}/${name} ${kind}`;
  return workloads.sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
}

/** Source: Kubernetes' HorizontalPodAutoscaler: `minReplicas` is 1 when not given. */
function autoscaledMinimum(fleet: Fleet, cluster: string): Map<string, number> {
  const minimum = new Map<string, number>();
  for (const { manifest } of fleet.ofKind('HorizontalPodAutoscaler.autoscaling', cluster)) {
    const target = plainAt(manifest, 'spec', 'scaleTargetRef');
    minimum.set(
      `${namespaceOf(manifest)} ${stringAt(target, 'kind')} ${stringAt(target, 'name')}`,
      numberAt(manifest, 'spec', 'minReplicas') ?? 1,
    );
  }
  return minimum;
}

/** Labels in a workload's pod template. */
export function templateLabels(workload: Workload): Record<string, string> {
  return labelsAt(workload.template, 'metadata', 'labels');
}

/** The number of a container's port by its name; undefined when the template has no such port. */
export function containerPort(template: Plain, name: string): number | undefined {
  for (const container of plainsAt(template, 'spec', 'containers')) {
    const port = plainsAt(container, 'ports').find(entry => entry.name === name);
    if (port) return numberAt(port, 'containerPort');
  }
  return undefined;
}
