import { plainAt } from '../../fleet/plain';
import { at, type Check } from '../types';

const LABEL = 'istio/multiCluster';

/** Whether remote secrets name the clusters there are. */
export const remoteSecret: Check = {
  code: 'ISM0402',
  name: 'remote-secret',
  severity: 'error',
  summary:
    'A remote secret’s keys are names of other clusters, and an istiod that has any has one for every other cluster.',
  why: 'istiod knows a cluster by the key of its secret: under another name its proxies are refused, and without a secret its endpoints are unknown.',
  fix: 'Create it with istioctl create-remote-secret --name=CLUSTER, with the name that Istio is installed under there.',
  *run(view) {
    for (const plane of view.planes) {
      const secrets = view.fleet
        .ofKind('Secret', plane.cluster)
        .filter(({ manifest }) => manifest.metadata.labels?.[LABEL] === 'true');
      const seen = new Map<string, (typeof secrets)[number]>();
      for (const object of secrets) {
        const keys = [
          ...Object.keys(plainAt(object.manifest, 'data')),
          ...Object.keys(plainAt(object.manifest, 'stringData')),
        ];
        for (const key of new Set(keys)) {
          const first = seen.get(key);
          if (key === plane.cluster) {
            yield {
              at: at(object),
              severity: 'warning',
              message: `is for "${key}", the cluster it is in: istiod ignores it`,
              fix: 'Remove it.',
            };
          } else if (!view.fleet.hasCluster(key)) {
            yield { at: at(object), message: `has the key "${key}", which is no cluster of the fleet` };
          } else if (first) {
            yield {
              at: at(object),
              severity: 'warning',
              message: `is a second secret for "${key}", which istiod ignores`,
              fix: 'Keep one of them.',
              related: [at(first)],
            };
          }
          if (!first) seen.set(key, object);
        }
      }
      if (secrets.length === 0) continue;
      for (const { name } of view.fleet.clusters) {
        if (name === plane.cluster || seen.has(name)) continue;
        yield {
          at: at(secrets[0]),
          severity: 'warning',
          message: `${plane.cluster} has no remote secret for "${name}"; it has: ${[...seen.keys()].join(', ')}`,
        };
      }
    }
  },
};
