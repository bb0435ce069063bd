import { namespaceOf } from '../../fleet/fleet';
import { KIND } from '../kinds';
import { hasTarget, workloadSelectorOf } from '../selectors';
import { at, type Check } from '../types';

const GATEWAY_NAME = 'gateway.networking.k8s.io/gateway-name';
const KINDS = [KIND.authorizationPolicy, KIND.requestAuthentication, KIND.telemetry, KIND.wasmPlugin];

/** Whether a policy for a gateway of the Gateway API is attached as such a gateway wants it. */
export const selectorIneffective: Check = {
  code: 'ISM0615',
  name: 'selector-ineffective',
  severity: 'warning',
  istio: ['IST0166'],
  summary: 'A policy for pods of a Gateway API gateway names the gateway by targetRefs, not by a selector.',
  why: 'Selectors don’t apply to those gateways: the policy isn’t enforced there.',
  fix: 'Use targetRefs with the Gateway’s name.',
  *run(view) {
    for (const kind of KINDS) {
      for (const { plane, object } of view.configs(kind)) {
        const selector = workloadSelectorOf(object);
        if (!selector || hasTarget(object)) continue;
        const pod = view
          .podsServed(plane, selector, namespaceOf(object.manifest))
          .find(({ labels }) => labels[GATEWAY_NAME] !== undefined);
        if (pod)
          yield {
            at: at(object),
            message: `selects the pods of gateway ${pod.labels[GATEWAY_NAME]}, to which selectors don’t apply`,
            related: [at(pod.object)],
          };
      }
    }
  },
};
