import { stringAt } from '../fleet/plain';
import { isInNetwork } from './candidates';
import type { ClientProxy, Endpoint, Service, ServicePort } from './model';
import { lost, merge, type Outcome, scale } from './outcome';
import type { Condition } from './scenario';
import type { PlaneView } from './world';

/** Whether proxies answer names themselves. Source: Istio proxy metadata ISTIO_META_DNS_CAPTURE. */
export function capturesDns({ plane }: PlaneView): boolean {
  const value = stringAt(plane.meshConfig, 'defaultConfig', 'proxyMetadata', 'ISTIO_META_DNS_CAPTURE');
  return value === 'true';
}

/**
 * Where requests to a headless Service end: at the address that the client resolved, each as often. Kubernetes'
 * DNS knows the ready pods of the own cluster; a proxy that answers names itself knows those of all clusters on
 * its network. No locality, weight or gateway plays a part.
 *
 * Source: Istio `pilot/pkg/serviceregistry/kube/conversion.go` ConvertService (Passthrough),
 * `pkg/dns/server/name_table.go` BuildNameTable (which pods are resolved across clusters).
 */
export function headlessOutcome(
  view: PlaneView,
  proxy: ClientProxy,
  service: Service,
  port: ServicePort,
  condition: Condition,
): Outcome {
  if (service.clusters.length === 0) {
    return lost(`${service.host} is passed on to the address that the client resolved, outside the fleet`);
  }
  const isResolved = (endpoint: Endpoint) =>
    endpoint.portName === port.name &&
    (endpoint.cluster === proxy.cluster || (capturesDns(view) && isInNetwork(proxy, endpoint.network))) &&
    endpoint.health === 'healthy' &&
    !(condition.mode === 'unready' && condition.isDown(endpoint));
  const resolved = view.endpointsOf(service.host).filter(isResolved);
  if (resolved.length === 0)
    return lost(`${service.host} is headless and resolves to nothing in ${proxy.cluster}`);
  return merge(
    resolved.map(endpoint =>
      scale(
        condition.isDown(endpoint)
          ? lost(`${endpoint.cluster}/${endpoint.locality.zone} fails and is still resolved`)
          : { served: [{ endpoint, share: 1 }], unserved: [] },
        1 / resolved.length,
      ),
    ),
  );
}
