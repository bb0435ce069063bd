import { podsWithServices, portsOf } from '../deployments';
import { at, type Check } from '../types';
import { groupBy } from '../view';

/** Whether the Services of a workload agree on the transport of a port. */
export const portWithTwoProtocols: Check = {
  code: 'ISM0604',
  name: 'port-with-two-protocols',
  severity: 'warning',
  istio: ['IST0116'],
  summary: 'The Services that select a workload use one transport (TCP or UDP) for a port number.',
  why: 'A proxy has one listener per port number: it reads requests of the other Service as the wrong protocol.',
  fix: 'Use different port numbers, or select the workload by one of the Services only.',
  *run(view) {
    for (const { pod, services } of podsWithServices(view)) {
      for (const [number, ports] of groupBy(portsOf(services), ({ port }) => String(port.number))) {
        const protocols = [...new Set(ports.map(({ port }) => port.protocol))].sort();
        if (protocols.length < 2) continue;
        const names = [...new Set(ports.map(({ service }) => service))].sort().join(', ');
        yield {
          at: at(pod.object),
          message: `port ${number} is ${protocols.join(' and ')} by its Services ${names}`,
        };
      }
    }
  },
};
