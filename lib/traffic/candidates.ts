import { containsLabels, type Labels } from '../fleet/labels';
import type { ClientProxy, Endpoint, Service, ServicePort } from './model';

/** What a proxy asks for, with what decides which endpoints count. */
export interface CandidateQuery {
  readonly proxy: ClientProxy;
  readonly service: Service;
  readonly port: ServicePort;
  /** Labels of the subset; undefined for none. */
  readonly subset?: Labels;
  readonly isClusterLocal: boolean;
  readonly sendsUnhealthy: boolean;
  /** Whether an endpoint of a network can be reached by a gateway, so that it needs no address. */
  readonly hasGateways: boolean;
}

/**
 * The endpoints that are considered at all.
 *
 * Source: Istio `pilot/pkg/xds/endpoints/endpoint_builder.go` BuildClusterLoadAssignment, snapshotShards,
 * filterIstioEndpoint. Left out: discoverability by MCS (off by default), ambient service scope.
 */
export function candidateEndpoints(endpoints: readonly Endpoint[], query: CandidateQuery): Endpoint[] {
  return endpoints.filter(endpoint => isCandidate(endpoint, query));
}

function isCandidate(endpoint: Endpoint, query: CandidateQuery): boolean {
  const { proxy, service } = query;
  const isLocalCluster = endpoint.cluster === proxy.cluster;
  if (endpoint.portName !== query.port.name) return false;
  if (query.subset && !containsLabels(query.subset, endpoint.labels)) return false;
  if (!isLocalCluster && (query.isClusterLocal || service.isNodeLocal)) return false;
  if (service.isNodeLocal && endpoint.node !== proxy.node) return false;
  if (!isVisible(proxy, endpoint.network)) return false;
  if (endpoint.address === '' && (!query.hasGateways || isInNetwork(proxy, endpoint.network))) return false;
  if (endpoint.health === 'unhealthy') return query.sendsUnhealthy;
  if (endpoint.health === 'draining') return service.hasPersistentSession;
  return endpoint.health !== 'terminating';
}

/** Source: Istio `pilot/pkg/model/proxy_view.go`: an endpoint without a network is always visible. */
export function isVisible(proxy: ClientProxy, network: string): boolean {
  return proxy.networkView.length === 0 || network === '' || proxy.networkView.includes(network);
}

/** Source: Istio `pilot/pkg/model/context.go` Proxy.InNetwork: an empty network is everywhere. */
export function isInNetwork(proxy: ClientProxy, network: string): boolean {
  return proxy.network === '' || network === '' || proxy.network === network;
}
