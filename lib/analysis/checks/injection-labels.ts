import { at, type Check } from '../types';

const LABELS = ['istio-injection', 'istio.io/rev', 'istio.io/dataplane-mode'];

/** Whether a namespace says once how its pods join the mesh. */
export const injectionLabels: Check = {
  code: 'ISM0609',
  name: 'injection-labels',
  severity: 'warning',
  istio: ['IST0123'],
  summary: 'A namespace has one of the labels istio-injection, istio.io/rev and istio.io/dataplane-mode.',
  why: 'istio-injection wins over a revision: pods are injected by another istiod than the one that was meant, or by none.',
  fix: 'Keep one of the labels.',
  *run(view) {
    for (const object of view.fleet.ofKind('Namespace')) {
      const labels = object.manifest.metadata.labels ?? {};
      const injection = labels['istio-injection'];
      const given = LABELS.filter(label => labels[label] !== undefined);
      if (given.length < 2 || (injection !== undefined && injection !== 'enabled')) continue;
      yield {
        at: at(object),
        message: `has ${given.map(label => `${label}=${labels[label]}`).join(' and ')}`,
      };
    }
  },
};
