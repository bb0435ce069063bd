import { KIND } from '../kinds';
import { destinationsOf } from '../routes';
import { at, type Check } from '../types';

/** Whether a destination names a port where it has to. */
export const portRequired: Check = {
  code: 'ISM0506',
  name: 'port-required',
  severity: 'error',
  istio: ['IST0112'],
  summary: 'A destination with several ports names the one it means.',
  why: 'Istio doesn’t guess: the route has no port to send to.',
  fix: 'Add port.number to the destination.',
  *run(view) {
    for (const { plane, object, spec, namespace } of view.configs(KIND.virtualService)) {
      for (const { path, host, port } of destinationsOf(spec)) {
        const known = port === undefined ? view.resolve(plane, namespace, host) : undefined;
        if (!known || known.ports.length < 2) continue;
        const ports = known.ports.map(({ number }) => number).join(', ');
        yield { at: at(object), message: `${path} names no port of ${host}, which has ${ports}` };
      }
    }
  },
};
