import { KIND } from '../kinds';
import { podsUnder } from '../selectors';
import { at, type Check } from '../types';

/** Whether a Sidecar is for pods that have one. */
export const sidecarInAmbient: Check = {
  code: 'ISM0616',
  name: 'sidecar-in-ambient',
  severity: 'warning',
  istio: ['IST0167'],
  summary: 'A Sidecar isn’t in a namespace in ambient mode.',
  why: 'Pods in ambient mode have no sidecar: the limits it sets on what they may call don’t hold.',
  fix: 'Remove it, and limit callers by AuthorizationPolicies.',
  *run(view) {
    for (const { plane, object, namespace } of view.configs(KIND.sidecar)) {
      const isAmbient = (cluster: string) => {
        const labels = view.fleet.find(cluster, 'Namespace', '', namespace)?.manifest.metadata.labels ?? {};
        return (
          labels['istio.io/dataplane-mode'] === 'ambient' &&
          labels['istio-injection'] !== 'enabled' &&
          !labels['istio.io/rev']
        );
      };
      const clusters = view
        .clustersOf(plane)
        .map(({ name }) => name)
        .filter(isAmbient);
      if (clusters.length === 0 || podsUnder(view, plane.rootNamespace, object).some(pod => pod.isInjected))
        continue;
      yield {
        at: at(object),
        message: `namespace ${namespace} is in ambient mode in ${clusters.join(', ')}`,
      };
    }
  },
};
