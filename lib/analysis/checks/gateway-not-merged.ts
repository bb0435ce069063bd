import { labelsAt, stringAt } from '../../fleet/plain';
import { KIND } from '../kinds';
import { at, type Check } from '../types';

const MANAGED = 'gateway.networking.k8s.io/gateway-name';

/** Whether an Istio Gateway may configure the proxies of a Gateway of the Gateway API. */
export const gatewayNotMerged: Check = {
  code: 'ISM0408',
  name: 'gateway-not-merged',
  severity: 'warning',
  summary: 'An Istio Gateway that selects pods of a Gateway API gateway is in their namespace.',
  why: 'From 1.31 on istiod doesn’t merge it into such a proxy from another namespace (PILOT_ENABLE_STRICT_GATEWAY_MERGING): its ports and hosts are not served.',
  fix: 'Move the Gateway into the namespace of the pods, or write listeners of the Gateway API.',
  *run(view) {
    for (const { plane, object, namespace } of view.configs(KIND.gateway)) {
      const isStrict =
        (plane.env.PILOT_ENABLE_STRICT_GATEWAY_MERGING ?? String(plane.version === '1.31')) === 'true';
      if (!isStrict) continue;
      const pod = view
        .podsWith(labelsAt(object.manifest, 'spec', 'selector'))
        .find(({ labels, namespace: other }) => labels[MANAGED] !== undefined && other !== namespace);
      if (!pod || Object.keys(labelsAt(object.manifest, 'spec', 'selector')).length === 0) continue;
      yield {
        at: at(object),
        message: `selects pods of the gateway ${stringAt(pod.labels, MANAGED)} in namespace ${pod.namespace}, but is in ${namespace}`,
        related: [at(pod.object)],
      };
    }
  },
};
