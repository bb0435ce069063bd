import { KIND } from '../kinds';
import { podsUnder, workloadSelectorOf } from '../selectors';
import { at, type Check } from '../types';

/** Whether configuration for particular workloads has any. */
export const sidecarSelectsNothing: Check = {
  code: 'ISM0601',
  name: 'sidecar-selects-nothing',
  severity: 'error',
  istio: ['IST0101'],
  kiali: ['KIA0004'],
  summary: 'A Sidecar or Telemetry with a selector selects pods of some cluster.',
  why: 'It applies to nothing: the workload that was meant has another scope, or other telemetry.',
  fix: 'Use the labels of the pod template.',
  *run(view) {
    for (const kind of [KIND.sidecar, KIND.telemetry]) {
      for (const { plane, object, namespace } of view.configs(kind)) {
        const selector = workloadSelectorOf(object);
        if (!selector || view.podsServed(plane, selector, namespace).length > 0) continue;
        if (podsUnder(view, plane.rootNamespace, object).length > 0) continue;
        const text = Object.entries(selector)
          .map(([key, value]) => `${key}=${value}`)
          .join(',');
        yield {
          at: at(object),
          message: `selects no pod (${text}) of namespace ${namespace} in any cluster`,
        };
      }
    }
  },
};
