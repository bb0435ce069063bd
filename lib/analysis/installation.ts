import { stringAt } from '../fleet/plain';
import { at, atCluster, atRelease, type Place } from './types';
import type { FleetView } from './view';

/** Where the input says how Istio is installed on a cluster; undefined where it doesn't. */
export function installationPlace(view: FleetView, cluster: string): Place | undefined {
  const release = view.installation(cluster);
  if (release) return atRelease(release);
  for (const kind of ['Istio.sailoperator.io', 'IstioOperator.install.istio.io']) {
    const [object] = view.fleet.ofKind(kind, cluster);
    if (object) return at(object);
  }
  return undefined;
}

/** The same, or the cluster as a whole. */
export function installationOrCluster(view: FleetView, cluster: string): Place {
  return installationPlace(view, cluster) ?? atCluster(cluster);
}

/** The path that a remote's webhook calls for injection: `/inject/cluster/NAME/net/NETWORK`. */
export function injectionPath(view: FleetView, cluster: string): string | undefined {
  const values = view.values(cluster);
  return (
    stringAt(values, 'istiodRemote', 'injectionPath') ||
    stringAt(values, 'istiodRemote', 'injectionURL') ||
    undefined
  );
}
