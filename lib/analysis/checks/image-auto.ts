import { plainsAt } from '../../fleet/plain';
import { at, type Check } from '../types';

/** Whether a pod that waits for injection gets it. */
export const imageAuto: Check = {
  code: 'ISM0611',
  name: 'image-auto',
  severity: 'warning',
  istio: ['IST0146', 'IST0147'],
  summary: 'Pods whose istio-proxy has the image "auto" are injected.',
  why: 'Nothing replaces the image, so the pods never start.',
  fix: 'Label the pod template sidecar.istio.io/inject: "true", and don’t disable injection for the namespace.',
  *run(view) {
    for (const pod of view.pods) {
      const { kind } = pod.object.manifest;
      const isAuto = plainsAt(pod.template, 'spec', 'containers').some(
        ({ name, image }) => name === 'istio-proxy' && image === 'auto',
      );
      if (pod.isDerived || !isAuto) continue;
      if (kind === 'Pod')
        yield {
          at: at(pod.object),
          severity: 'error',
          message: 'is a Pod that still has the image "auto": it was not injected',
        };
      else if (!pod.isInjected)
        yield { at: at(pod.object), message: 'has the image "auto", but its pods are not injected' };
    }
  },
};
