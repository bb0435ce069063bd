import type { ControlPlane } from '../fleet/control-plane';
import { mostSpecificMatch } from '../fleet/hosts';
import { plainsAt, stringsAt, valueAt } from '../fleet/plain';

/**
 * Whether a host is kept within each cluster, so that its Services have nothing to do with each other.
 *
 * Source: Istio `pilot/pkg/model/cluster_local.go`.
 */
export function isClusterLocal(plane: ControlPlane, host: string): boolean {
  const settings = new Map<string, boolean>([
    [`*.kube-system.svc.${plane.domain}`, true],
    [`kubernetes.default.svc.${plane.domain}`, true],
    [`istiod.${plane.rootNamespace}.svc.${plane.domain}`, true],
  ]);
  for (const entry of plainsAt(plane.meshConfig, 'serviceSettings')) {
    for (const pattern of stringsAt(entry, 'hosts')) {
      settings.set(pattern, valueAt(entry, 'settings', 'clusterLocal') === true);
    }
  }
  return mostSpecificMatch(host, settings)?.value ?? false;
}
