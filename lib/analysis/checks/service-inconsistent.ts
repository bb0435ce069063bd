import { isClusterLocal } from '../cluster-local';
import type { ServiceRef } from '../services';
import { at, type Check, type Report } from '../types';
import { groupBy } from '../view';

/** Whether the Services of one host agree on what clients rely on: ports, type, headless or not. */
export const serviceInconsistent: Check = {
  code: 'ISM0101',
  name: 'service-inconsistent',
  severity: 'warning',
  istio: ['IST0170'],
  summary: 'The Services of one name agree in all clusters on ports, type and being headless.',
  why: 'Istio makes one service of all of them and matches endpoints by port name: those of a cluster that differs get no requests, or requests on a port nobody listens on.',
  fix: 'Give the Service the same port names, numbers, protocols and type everywhere, or keep it within each cluster by meshConfig.serviceSettings with clusterLocal: true.',
  *run(view) {
    for (const host of view.hosts()) {
      const services = view.servicesOf(host).filter(service => !service.isDerived);
      if (services.length < 2 || services.some(({ cluster }) => isClusterLocal(view.planeOf(cluster), host)))
        continue;
      yield* differing(host, services, 'ports', portsText);
      yield* differing(host, services, 'the type', service => service.type);
      yield* differing(host, services, 'whether it is headless', service =>
        service.isHeadless ? 'headless' : 'not headless',
      );
    }
  },
};

function* differing(
  host: string,
  services: readonly ServiceRef[],
  what: string,
  textOf: (service: ServiceRef) => string,
): Iterable<Report> {
  const groups = [...groupBy(services, textOf)].sort(([, a], [, b]) => b.length - a.length);
  if (groups.length < 2) return;
  const all = groups
    .map(([text, group]) => `${group.map(({ cluster }) => cluster).join(', ')}: ${text}`)
    .join('; ');
  const related = [at(groups[0][1][0].object)];
  for (const [, group] of groups.slice(1)) {
    for (const { object } of group)
      yield { at: at(object), message: `${host}: clusters differ in ${what} (${all})`, related };
  }
}

function portsText(service: ServiceRef): string {
  const ports = service.ports.map(
    ({ name, number, protocol, appProtocol }) =>
      `${name || '(no name)'} ${number}/${appProtocol ?? protocol}`,
  );
  return ports.sort().join(', ') || 'none';
}
