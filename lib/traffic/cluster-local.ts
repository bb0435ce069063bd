import type { ControlPlane } from '../fleet/control-plane';
import { isWildcard, mostSpecificMatch } from '../fleet/hosts';
import { plainAt, plainsAt, stringAt, stringsAt } from '../fleet/plain';

/**
 * Whether a host is only answered inside the client's cluster: by the mesh config's service settings, and by
 * default everything in kube-system, the API server and istiod itself.
 *
 * Source: Istio `pilot/pkg/model/cluster_local.go`.
 */
export function clusterLocalHosts(plane: ControlPlane): ReadonlyMap<string, boolean> {
  const defaults = new Set([
    `*.kube-system.svc.${plane.domain}`,
    `kubernetes.default.svc.${plane.domain}`,
    discoveryHost(plane),
  ]);
  const hosts = new Map<string, boolean>();
  for (const settings of plainsAt(plane.meshConfig, 'serviceSettings')) {
    const isLocal = plainAt(settings, 'settings').clusterLocal === true;
    for (const host of stringsAt(settings, 'hosts')) {
      if (!isLocal) {
        for (const known of defaults) {
          if (host === known || (isWildcard(known) && host.endsWith(known.slice(1)))) defaults.delete(known);
        }
      }
      hosts.set(host, isLocal);
    }
  }
  for (const host of defaults) hosts.set(host, true);
  return hosts;
}

/** Whether a host is cluster-local; the most specific setting counts. */
export function isClusterLocal(hosts: ReadonlyMap<string, boolean>, host: string): boolean {
  return mostSpecificMatch(host, hosts)?.value ?? false;
}

function discoveryHost(plane: ControlPlane): string {
  const address = stringAt(plane.meshConfig, 'defaultConfig', 'discoveryAddress');
  const host = address?.split(':')[0] ?? `istiod.${plane.rootNamespace}.svc`;
  return host.endsWith(plane.domain) ? host : `${host}.${plane.domain}`;
}
