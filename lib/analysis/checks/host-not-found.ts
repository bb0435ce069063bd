import { hostHint } from '../hints';
import { KIND } from '../kinds';
import { destinationsOf } from '../routes';
import { at, type Check } from '../types';

/** Whether the destinations of a VirtualService exist. */
export const hostNotFound: Check = {
  code: 'ISM0501',
  name: 'host-not-found',
  severity: 'error',
  istio: ['IST0101'],
  kiali: ['KIA1101'],
  summary: 'Each destination of a VirtualService is a known host, with the port that it names.',
  why: 'Requests that match the rule are answered with 503: there is no cluster to send them to.',
  fix: 'Correct the host or port, or declare the Service or ServiceEntry.',
  *run(view) {
    for (const { plane, object, spec, namespace } of view.configs(KIND.virtualService)) {
      const reported = new Set<string>();
      for (const { path, host, port } of destinationsOf(spec)) {
        const known = view.resolve(plane, namespace, host);
        const what = !known
          ? `host "${host}", which no Service and no visible ServiceEntry has`
          : port !== undefined && !known.ports.some(({ number }) => number === port)
            ? `${host}:${port}, which has only the ports ${known.ports.map(({ number }) => number).join(', ') || 'none'}`
            : undefined;
        if (what === undefined || reported.has(what)) continue;
        reported.add(what);
        yield {
          at: at(object),
          message: `${path} sends to ${what}`,
          ...(known ? {} : hostHint(view, plane, host)),
        };
      }
    }
  },
};
