import { plainAt, stringAt } from '../../fleet/plain';
import { calls, hasSidecarScope } from '../calls';
import { isClusterLocal } from '../cluster-local';
import { at, type Check, type Report } from '../types';
import type { FleetView, PodSet } from '../view';

/** Whether a client can look up the names it calls: a Service object in its own cluster, or DNS capture. */
export const nameUnresolvable: Check = {
  code: 'ISM0102',
  name: 'name-unresolvable',
  severity: 'warning',
  summary: 'A name that a client calls has a Service object in the client’s own cluster.',
  why: 'Applications ask the DNS of their own cluster first; without a Service object there the lookup fails, and the mesh never sees the request.',
  fix: 'Add the Service object (it needs no pods) to the client’s cluster, or set meshConfig.defaultConfig.proxyMetadata.ISTIO_META_DNS_CAPTURE to "true".',
  *run(view) {
    const known = new Set<string>();
    for (const { client, host, from } of calls(view)) {
      const services = view.servicesOf(host);
      if (services.length === 0 || !lacks(view, client, host)) continue;
      const key = `${client.cluster} ${host} ${client.object.manifest.metadata.name}`;
      if (known.has(key)) continue;
      known.add(key);
      yield {
        at: at(client.object),
        message: `calls ${host}, which has no Service object in ${client.cluster}`,
        related: [at(from), at(services[0].object)],
      };
    }
    yield* unscoped(view);
  },
};

/** Pods that nothing limits may call any name of their namespace: worth a note, as nobody said they do. */
function* unscoped(view: FleetView): Iterable<Report> {
  for (const host of view.hosts()) {
    const [service] = view.servicesOf(host);
    if (service.isDerived || isClusterLocal(view.planeOf(service.cluster), host)) continue;
    const seen = new Set(view.servicesOf(host).map(({ cluster }) => cluster));
    for (const pod of view.podsIn(service.namespace)) {
      if (seen.has(pod.cluster) || !pod.isInjected || pod.isGateway || !lacks(view, pod, host)) continue;
      seen.add(pod.cluster);
      if (hasSidecarScope(view, pod)) continue;
      yield {
        at: at(service.object),
        severity: 'info',
        message: `has no Service object in ${pod.cluster}, where namespace ${service.namespace} has pods that may call it`,
        related: [at(pod.object)],
      };
    }
  }
}

function lacks(view: FleetView, client: PodSet, host: string): boolean {
  if (view.servicesOf(host).some(service => service.cluster === client.cluster)) return false;
  const metadata = plainAt(view.planeOf(client.cluster).meshConfig, 'defaultConfig', 'proxyMetadata');
  const own = stringAt(client.template, 'metadata', 'annotations', 'proxy.istio.io/config') ?? '';
  return !isTrue(metadata.ISTIO_META_DNS_CAPTURE) && !/ISTIO_META_DNS_CAPTURE["']?\s*:\s*["']?true/.test(own);
}

function isTrue(value: unknown): boolean {
  return value === true || value === 'true';
}
