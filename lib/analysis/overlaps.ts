import type { ControlPlane } from '../fleet/control-plane';
import { namespaceOf } from '../fleet/fleet';
import type { FleetObject } from '../fleet/types';
import { podsUnder, workloadSelectorOf } from './selectors';
import { at, type Report } from './types';
import { type FleetView, groupBy, type PodSet } from './view';

/** Objects of a kind that select the same pods: reported for each of them. */
export function* overlappingSelectors(view: FleetView, kind: string): Iterable<Report> {
  for (const plane of view.planes) {
    const byPod = new Map<PodSet, FleetObject[]>();
    for (const object of view.config(plane, kind)) {
      if (!workloadSelectorOf(object)) continue;
      for (const pod of podsIn(view, plane, object)) byPod.set(pod, [...(byPod.get(pod) ?? []), object]);
    }
    const reported = new Set<FleetObject>();
    for (const [pod, objects] of byPod) {
      // Mesh-wide and namespace-wide ones are meant to be refined by more special ones.
      for (const group of groupBy(objects, ({ manifest }) => namespaceOf(manifest)).values()) {
        if (group.length < 2) continue;
        for (const object of group) {
          if (reported.has(object)) continue;
          reported.add(object);
          const others = group.filter(other => other !== object);
          const names = others.map(({ manifest }) => manifest.metadata.name).join(', ');
          yield {
            at: at(object),
            message: `selects the pods of ${pod.namespace}/${pod.name}, as ${names} does`,
            related: others.map(at),
          };
        }
      }
    }
  }
}

/** Objects of a kind without a selector, of which a namespace may have one. */
export function* severalDefaults(view: FleetView, kind: string): Iterable<Report> {
  for (const plane of view.planes) {
    const defaults = view.config(plane, kind).filter(object => !workloadSelectorOf(object));
    for (const [namespace, group] of groupBy(defaults, ({ manifest }) => namespaceOf(manifest))) {
      if (group.length < 2) continue;
      for (const object of group) {
        const others = group.filter(other => other !== object);
        const names = others.map(({ manifest }) => manifest.metadata.name).join(', ');
        yield {
          at: at(object),
          message: `is for the whole namespace ${namespace}, as ${names} is`,
          related: others.map(at),
        };
      }
    }
  }
}

/** The pods of a control plane that an object selects. */
function podsIn(view: FleetView, plane: ControlPlane, object: FleetObject): readonly PodSet[] {
  const namespace = namespaceOf(object.manifest);
  if (namespace !== plane.rootNamespace)
    return view.podsServed(plane, workloadSelectorOf(object) ?? {}, namespace);
  return podsUnder(view, plane.rootNamespace, object).filter(pod => view.planeOf(pod.cluster) === plane);
}
