import { containsLabels } from '../../fleet/labels';
import { labelsAt, numberAt, plainsAt } from '../../fleet/plain';
import { KIND } from '../kinds';
import { at, type Check } from '../types';

/** Whether a Gateway's ports can be reached from outside. */
export const gatewayPortClosed: Check = {
  code: 'ISM0514',
  name: 'gateway-port-closed',
  severity: 'warning',
  istio: ['IST0162'],
  summary: 'Each port of a Gateway is a port of a Service in front of its pods.',
  why: 'The proxies listen on it, but nothing outside of the cluster can connect to it.',
  fix: 'Add the port to the gateway’s Service, or use one that it has.',
  *run(view) {
    for (const { plane, object } of view.configs(KIND.gateway)) {
      const selector = labelsAt(object.manifest, 'spec', 'selector');
      if (Object.keys(selector).length === 0) continue;
      const pods = view.podsWith(selector).filter(pod => view.planeOf(pod.cluster) === plane);
      const services = pods.flatMap(pod =>
        view
          .servicesIn(pod.cluster, pod.namespace)
          .filter(
            service =>
              Object.keys(service.selector).length > 0 && containsLabels(service.selector, pod.labels),
          ),
      );
      if (pods.length === 0) continue;
      const open = new Set(
        services.flatMap(({ ports }) => ports.flatMap(port => [port.number, Number(port.targetPort)])),
      );
      for (const server of plainsAt(object.manifest, 'spec', 'servers')) {
        const number = numberAt(server, 'port', 'number');
        if (number === undefined || open.has(number)) continue;
        const names = [...new Set(services.map(service => `${service.namespace}/${service.name}`))].join(
          ', ',
        );
        yield {
          at: at(object),
          message:
            services.length > 0
              ? `has port ${number}, which no Service of its pods has (${names})`
              : `has port ${number}, but its pods have no Service`,
          related: services.slice(0, 1).map(service => at(service.object)),
        };
      }
    }
  },
};
