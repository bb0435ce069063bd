import { resolveShortName } from '../../fleet/hosts';
import { indexPeerAuthentications, refusesMtls } from '../../fleet/peer-authentication';
import { plainsAt, stringAt } from '../../fleet/plain';
import { tlsModeFor } from '../../fleet/traffic-policy';
import { isClusterLocal } from '../cluster-local';
import { KIND } from '../kinds';
import { containerPortOf } from '../ports';
import { at, type Check } from '../types';
import type { FleetView } from '../view';

/** Whether what is called across networks speaks mTLS, by which gateways find the way. */
export const mtlsOffAcrossNetworks: Check = {
  code: 'ISM0205',
  name: 'mtls-off-across-networks',
  severity: 'error',
  summary: 'A service with clients on other networks accepts mTLS, and no DestinationRule turns it off.',
  why: 'East-west gateways route by the SNI of mTLS; istiod leaves endpoints on other networks out when either side doesn’t use it.',
  fix: 'Use PERMISSIVE or STRICT instead of DISABLE, ISTIO_MUTUAL instead of another TLS mode, or keep the service within its network.',
  *run(view) {
    if (view.networks.length < 2) return;
    const indexes = new Map(view.planes.map(plane => [plane, indexPeerAuthentications(view.fleet, plane)]));
    const clientsOf = new Map<string, ReadonlySet<string>>();
    for (const service of view.services) {
      const plane = view.planeOf(service.cluster);
      const index = indexes.get(plane)!;
      if (!index.mesh && index.byNamespace.size === 0 && index.selecting.size === 0) continue;
      if (service.isDerived || isClusterLocal(plane, service.host)) continue;
      const pods = view
        .podsBehind(service.host)
        .filter(pod => pod.cluster === service.cluster && pod.isInjected);
      const clients = clientsOf.get(service.host) ?? clientNetworks(view, service.host);
      clientsOf.set(service.host, clients);
      if (!pods.some(pod => [...clients].some(network => network !== pod.network))) continue;
      for (const port of service.ports) {
        const isRefused = pods.some(pod =>
          refusesMtls(index, pod.namespace, pod.labels, containerPortOf(pod.template, port)),
        );
        if (isRefused) {
          yield {
            at: at(service.object),
            message: `port ${port.number} refuses mTLS by a PeerAuthentication with DISABLE, and clients on other networks may call it`,
          };
        }
      }
    }
    for (const { plane, object, spec, namespace } of view.configs(KIND.destinationRule)) {
      const host = resolveShortName(stringAt(spec, 'host') ?? '', namespace, plane.domain);
      const pods = view.podsBehind(host);
      const clients = [...view.clientNetworks(plane)];
      const far = pods.find(pod => pod.isInjected && clients.some(network => network !== pod.network));
      if (!far) continue;
      const subsets = ['', ...plainsAt(spec, 'subsets').map(subset => stringAt(subset, 'name') ?? '')];
      const ports = view.servicesOf(host).flatMap(service => service.ports.map(port => port.number));
      const mode = subsets
        .flatMap(subset => ports.map(port => tlsModeFor(spec, port, subset)))
        .find(found => found !== undefined && found !== 'ISTIO_MUTUAL');
      if (mode)
        yield {
          at: at(object),
          message: `sets TLS mode ${mode} for ${host}, which has pods on network "${far.network}" that other networks reach by mTLS only`,
        };
    }
  },
};

/** Networks of the pods with proxies beside the Services of a host, where its name can be looked up. */
function clientNetworks(view: FleetView, host: string): ReadonlySet<string> {
  const pods = view.servicesOf(host).flatMap(({ cluster, namespace }) => view.podsAt(cluster, namespace, {}));
  return new Set(pods.filter(pod => pod.isInjected).map(pod => pod.network));
}
