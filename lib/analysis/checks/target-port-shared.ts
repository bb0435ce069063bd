import { podsWithServices, portsOf } from '../deployments';
import { at, type Check } from '../types';
import { groupBy } from '../view';

/** Whether a container's port is one port to the outside. */
export const targetPortShared: Check = {
  code: 'ISM0605',
  name: 'target-port-shared',
  severity: 'warning',
  istio: ['IST0137'],
  summary: 'The Services that select a workload reach a container’s port by one port number.',
  why: 'The proxy has one inbound configuration for a container’s port: policies, telemetry and protocol of one of the Services count for all.',
  fix: 'Use one Service port for the container’s port.',
  *run(view) {
    for (const { pod, services } of podsWithServices(view)) {
      for (const [target, ports] of groupBy(portsOf(services), ({ port }) => port.targetPort)) {
        const numbers = [...new Set(ports.map(({ port }) => port.number))].sort((a, b) => a - b);
        if (numbers.length < 2) continue;
        const names = [...new Set(ports.map(({ service }) => service))].sort().join(', ');
        yield {
          at: at(pod.object),
          message: `the container’s port ${target} is reached by ports ${numbers.join(', ')} of ${names}`,
        };
      }
    }
  },
};
