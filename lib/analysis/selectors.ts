import { type Fleet, kindKey, namespaceOf } from '../fleet/fleet';
import { LABELS, type Labels } from '../fleet/labels';
import { labelsAt, plainAt, valueAt } from '../fleet/plain';
import type { FleetObject } from '../fleet/types';
import { KIND } from './kinds';
import type { FleetView, PodSet } from './view';

/**
 * The labels by which an object selects workloads; undefined when it selects none in particular. Kinds name
 * the field differently.
 */
export function workloadSelectorOf({ manifest }: FleetObject): Labels | undefined {
  const kind = kindKey(manifest);
  const path =
    kind === KIND.sidecar || kind === KIND.envoyFilter
      ? ['workloadSelector', 'labels']
      : kind === KIND.destinationRule
        ? ['workloadSelector', 'matchLabels']
        : ['selector', 'matchLabels'];
  const labels = labelsAt(manifest, 'spec', ...path);
  return Object.keys(labels).length > 0 ? labels : undefined;
}

/** Whether an object names what it is attached to instead of selecting it. */
export function hasTarget({ manifest }: FleetObject): boolean {
  const spec = plainAt(manifest, 'spec');
  return valueAt(spec, 'targetRef') !== undefined || valueAt(spec, 'targetRefs') !== undefined;
}

/**
 * The pods that a policy is in force for, of all clusters: those it selects, else all of its namespace, or of
 * the mesh when it is in the root namespace. A PeerAuthentication that selects is in force in its own
 * namespace only.
 */
export function podsUnder(view: FleetView, rootNamespace: string, object: FleetObject): readonly PodSet[] {
  const namespace = namespaceOf(object.manifest);
  const isMeshWide = namespace === rootNamespace && kindKey(object.manifest) !== KIND.sidecar;
  return view.podsWith(workloadSelectorOf(object) ?? {}, isMeshWide ? undefined : namespace);
}

/**
 * Whether a subset's labels can be those of an endpoint: the pod's own, and those that istiod adds for its
 * place. What manifests don't know of a place (its subzone, its node) is taken to fit.
 *
 * Source: Istio `pkg/config/labels` AugmentLabels in `pilot/pkg/serviceregistry/util/label`.
 */
export function subsetFits(fleet: Fleet, subset: Labels, pod: PodSet): boolean {
  const { region, zones } = fleet.cluster(pod.cluster);
  return Object.entries(subset).every(([key, value]) => {
    if (pod.labels[key] === value) return true;
    if (value === '') return false;
    switch (key) {
      case LABELS.cluster:
        return pod.cluster === value;
      case LABELS.network:
        return pod.network === value;
      case LABELS.region:
        return region === '' || region === value;
      case LABELS.zone:
        return zones.length === 0 || zones.includes(value);
      case LABELS.subzone:
      case LABELS.hostname:
        return true;
      default:
        return false;
    }
  });
}
