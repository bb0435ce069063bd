import { namespaceOf } from '../../fleet/fleet';
import { CONFIG_KINDS } from '../kinds';
import { at, type Check } from '../types';

/** Whether Istio configuration is where some istiod reads it. */
export const configNotRead: Check = {
  code: 'ISM0103',
  name: 'config-not-read',
  severity: 'error',
  summary: 'Istio configuration is in a config cluster, where an istiod reads it.',
  why: 'istiod reads VirtualServices, DestinationRules, policies and the like in its config cluster only: what is applied to a remote cluster changes nothing, and nothing says so.',
  fix: 'Move the object to the config cluster.',
  *run(view) {
    for (const { name, configCluster } of view.fleet.clusters) {
      if (name === configCluster) continue;
      for (const kind of CONFIG_KINDS) {
        for (const object of view.fleet.ofKind(kind, name)) {
          const { manifest } = object;
          const read = view.fleet.find(configCluster, kind, namespaceOf(manifest), manifest.metadata.name);
          yield {
            at: at(object),
            message: `is in ${name}, but the istiod of ${name} reads configuration in ${configCluster} only`,
            ...(read
              ? {
                  severity: 'warning',
                  fix: 'Remove it: the config cluster has one of the same name.',
                  related: [at(read)],
                }
              : {}),
          };
        }
      }
    }
  },
};
