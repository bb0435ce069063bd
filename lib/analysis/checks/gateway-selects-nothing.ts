import { labelsAt } from '../../fleet/plain';
import { KIND } from '../kinds';
import { at, type Check } from '../types';

/** Whether a Gateway has proxies. */
export const gatewaySelectsNothing: Check = {
  code: 'ISM0513',
  name: 'gateway-selects-nothing',
  severity: 'error',
  istio: ['IST0101'],
  kiali: ['KIA0302'],
  summary: 'A Gateway selects pods that its control plane serves.',
  why: 'No proxy opens its ports: clients get no connection.',
  fix: 'Use the labels of the gateway’s pods (the gateway chart makes istio: RELEASE, without the prefix istio-).',
  *run(view) {
    for (const { plane, object } of view.configs(KIND.gateway)) {
      const selector = labelsAt(object.manifest, 'spec', 'selector');
      const pods = Object.keys(selector).length === 0 ? view.pods.slice(0, 0) : view.podsWith(selector);
      if (Object.keys(selector).length === 0 || pods.some(pod => view.planeOf(pod.cluster) === plane))
        continue;
      const text = Object.entries(selector)
        .map(([key, value]) => `${key}=${value}`)
        .join(',');
      yield pods.length > 0
        ? {
            at: at(object),
            severity: 'info',
            message: `selects pods (${text}) in ${[...new Set(pods.map(pod => pod.cluster))].join(', ')} only, which ${plane.cluster} doesn’t configure`,
          }
        : { at: at(object), message: `selects no pod (${text}) of any cluster` };
    }
  },
};
