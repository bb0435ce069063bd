import { containsLabels } from '../fleet/labels';
import type { ServicePort, ServiceRef } from './services';
import type { FleetView, PodSet } from './view';

/** Pods in the mesh with the Services of their cluster and namespace that select them. */
export function* podsWithServices(
  view: FleetView,
): Iterable<{ pod: PodSet; services: readonly ServiceRef[] }> {
  for (const pod of view.pods) {
    if (pod.isDerived || !pod.isInjected) continue;
    const services = view
      .servicesIn(pod.cluster, pod.namespace)
      .filter(({ selector }) => Object.keys(selector).length > 0 && containsLabels(selector, pod.labels));
    yield { pod, services };
  }
}

/** The ports of Services with the name of each Service. */
export function portsOf(services: readonly ServiceRef[]): { service: string; port: ServicePort }[] {
  return services.flatMap(service => service.ports.map(port => ({ service: service.name, port })));
}
