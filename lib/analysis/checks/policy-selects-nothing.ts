import { KIND } from '../kinds';
import { hasTarget, podsUnder, workloadSelectorOf } from '../selectors';
import { at, type Check } from '../types';

const KINDS = [
  KIND.authorizationPolicy,
  KIND.peerAuthentication,
  KIND.requestAuthentication,
  KIND.wasmPlugin,
];

/** Whether a policy protects anything. */
export const policySelectsNothing: Check = {
  code: 'ISM0701',
  name: 'policy-selects-nothing',
  severity: 'warning',
  istio: ['IST0127'],
  kiali: ['KIA0004'],
  summary: 'A policy is for pods of some cluster.',
  why: 'It protects nothing: the workload that was meant is open, or refuses what it should let in.',
  fix: 'Use the labels of the pod template, in the namespace of the pods.',
  *run(view) {
    for (const kind of KINDS) {
      for (const { plane, object, namespace } of view.configs(kind)) {
        const selector = workloadSelectorOf(object);
        if (hasTarget(object) || (!selector && namespace === plane.rootNamespace)) continue;
        if (!selector && kind !== KIND.authorizationPolicy) continue;
        if (view.podsServed(plane, selector ?? {}, namespace).length > 0) continue;
        if (podsUnder(view, plane.rootNamespace, object).length > 0) continue;
        const text = selector
          ? `no pod (${Object.entries(selector)
              .map(([key, value]) => `${key}=${value}`)
              .join(',')})`
          : 'no pod';
        yield { at: at(object), message: `is for ${text} of namespace ${namespace} in any cluster` };
      }
    }
  },
};
