import type { ControlPlane } from '../../fleet/control-plane';
import { namespaceOf } from '../../fleet/fleet';
import { resolveShortName } from '../../fleet/hosts';
import { containsLabels, type Labels } from '../../fleet/labels';
import { labelsAt, plainAt, plainsAt, stringAt } from '../../fleet/plain';
import { KIND } from '../kinds';
import { destinationsOf } from '../routes';
import { subsetFits } from '../selectors';
import type { KnownHost } from '../services';
import { at, type Check } from '../types';
import type { FleetView } from '../view';

/** Whether each subset of a DestinationRule has pods, in whichever cluster they run. */
export const subsetSelectsNothing: Check = {
  code: 'ISM0107',
  name: 'subset-selects-nothing',
  severity: 'error',
  istio: ['IST0173'],
  kiali: ['KIA0203'],
  summary:
    'Each subset of a DestinationRule has the labels of at least one pod behind its host, in any cluster.',
  why: 'Requests that are routed to a subset without endpoints are answered with 503.',
  fix: 'Correct the subset’s labels, deploy what it stands for, or remove the subset.',
  *run(view) {
    // Primaries have the same rules: whether a subset of a Service has pods is asked once.
    const answers = new Map<string, boolean>();
    const isSelecting = (known: KnownHost, labels: Labels) => {
      if (known.entry) return selects(view, known, labels);
      const key = JSON.stringify([known.host, labels]);
      const answer = answers.get(key) ?? selects(view, known, labels);
      answers.set(key, answer);
      return answer;
    };
    const used = new Map(view.planes.map(plane => [plane, usedSubsets(view, plane)]));
    for (const { plane, object, spec, namespace } of view.configs(KIND.destinationRule)) {
      const host = stringAt(spec, 'host') ?? '';
      const known = view.resolve(plane, namespace, host);
      if (!known) continue;
      for (const subset of plainsAt(spec, 'subsets')) {
        const labels = labelsAt(subset, 'labels');
        if (Object.keys(labels).length === 0 || isSelecting(known, labels)) continue;
        const text = Object.entries(labels)
          .map(([key, value]) => `${key}=${value}`)
          .join(',');
        const name = stringAt(subset, 'name') ?? '';
        yield {
          at: at(object),
          ...(used.get(plane)?.has(`${known.host} ${name}`)
            ? {}
            : {
                severity: 'warning',
                why: 'No route sends requests to it yet; the first one that does gets 503.',
              }),
          message: `subset "${stringAt(subset, 'name') ?? ''}" (${text}) selects no pod of ${known.host} in any cluster`,
        };
      }
    }
  },
};

/** `host subset` of every destination in a VirtualService. */
function usedSubsets(view: FleetView, plane: ControlPlane): Set<string> {
  const used = new Set<string>();
  for (const { manifest } of view.config(plane, KIND.virtualService)) {
    for (const { host, subset } of destinationsOf(plainAt(manifest, 'spec'))) {
      used.add(`${resolveShortName(host, namespaceOf(manifest), plane.domain)} ${subset}`);
    }
  }
  return used;
}

function selects(view: FleetView, known: KnownHost, labels: Labels): boolean {
  if (known.entry) {
    const spec = plainAt(known.entry.manifest, 'spec');
    if (plainsAt(spec, 'endpoints').some(endpoint => containsLabels(labels, labelsAt(endpoint, 'labels'))))
      return true;
    const selector = labelsAt(spec, 'workloadSelector', 'labels');
    if (Object.keys(selector).length === 0) return false;
    return view
      .podsWith(selector, known.entry.manifest.metadata.namespace)
      .some(pod => subsetFits(view.fleet, labels, pod));
  }
  // Endpoints of a Service without a selector are written by somebody else, in EndpointSlices.
  if (known.services.some(({ selector }) => Object.keys(selector).length === 0)) return true;
  return view.podsBehind(known.host).some(pod => subsetFits(view.fleet, labels, pod));
}
