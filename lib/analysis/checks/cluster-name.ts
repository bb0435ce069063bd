import { stringAt } from '../../fleet/plain';
import { injectionPath, installationPlace } from '../installation';
import type { Check } from '../types';

/** Istio's own default. Source: istiod chart, global.multiCluster.clusterName; `pilot/pkg/features` CLUSTER_ID. */
const DEFAULT_NAME = 'Kubernetes';

/** Whether a cluster has one name wherever Istio uses it. */
export const clusterName: Check = {
  code: 'ISM0401',
  name: 'cluster-name',
  severity: 'error',
  summary: 'Istio is installed on each cluster under the cluster’s own name, never under the default.',
  why: 'The name is the key of endpoints, remote secrets and certificates: under a wrong or shared one a cluster’s endpoints are missing or its proxies are refused.',
  fix: 'Set global.multiCluster.clusterName, and the cluster in injectionPath, to the cluster’s name.',
  *run(view) {
    if (view.fleet.clusters.length < 2) return;
    for (const { name } of view.fleet.clusters) {
      const place = installationPlace(view, name);
      if (!place) continue;
      const path = injectionPath(view, name);
      const inPath = /\/inject\/cluster\/([^/]+)/.exec(path ?? '')?.[1]?.replaceAll('--slash--', '/');
      if (inPath !== undefined && inPath !== name) {
        yield { at: place, message: `injects proxies as cluster "${inPath}", but the cluster is "${name}"` };
      }
      const given = stringAt(view.values(name), 'global', 'multiCluster', 'clusterName');
      if (!given || given === DEFAULT_NAME) {
        // A remote's proxies take the name from the path.
        if (inPath === undefined)
          yield { at: place, message: `leaves the cluster name of ${name} at the default "${DEFAULT_NAME}"` };
      } else if (given !== name && !servesOutside(view.fleet.clusters, name, given)) {
        yield { at: place, message: `calls the cluster "${given}", but it is "${name}"` };
      }
    }
  },
};

/** An istiod that serves another cluster from outside has that cluster's name. */
function servesOutside(
  clusters: readonly { name: string; controlPlane: { role: string; primary?: string } }[],
  name: string,
  given: string,
): boolean {
  return clusters.some(
    cluster =>
      cluster.name === given &&
      cluster.controlPlane.role === 'external' &&
      cluster.controlPlane.primary === name,
  );
}
