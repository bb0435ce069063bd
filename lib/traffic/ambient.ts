import type { Fleet } from '../fleet/fleet';
import { byText } from '../fleet/plain';

/** Labels of a namespace or pod that put it into ambient mode. Source: Istio `api/label` io.istio.DataplaneMode. */
const DATAPLANE_MODE = 'istio.io/dataplane-mode';

/** What is to be said where namespaces or pods of the fleet are in ambient mode: their hops aren't modelled. */
export function ambientNote(fleet: Fleet): string | undefined {
  const places = new Set<string>();
  for (const { cluster, manifest } of fleet.ofKind('Namespace')) {
    if (manifest.metadata.labels?.[DATAPLANE_MODE] === 'ambient')
      places.add(`${manifest.metadata.name} of ${cluster}`);
  }
  for (const { cluster, manifest } of fleet.ofKind('Pod')) {
    if (manifest.metadata.labels?.[DATAPLANE_MODE] === 'ambient')
      places.add(`${manifest.metadata.namespace ?? 'default'} of ${cluster}`);
  }
  if (places.size === 0) return undefined;
  return `Ambient mode isn't modelled: the answer is for sidecars, and doesn't hold for the pods in ambient mode in ${[...places].sort(byText).join(', ')}.`;
}
