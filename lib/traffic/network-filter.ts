import { LABELS } from '../fleet/labels';
import { isInNetwork } from './candidates';
import { formatAddress, sumOfWeights } from './grouping';
import type { AssignedEndpoint, AssignedLocality, ClientProxy, Endpoint, NetworkGateway } from './model';
import { byAddress, type NetworkGateways, networkAndCluster } from './network-gateways';

/** What decides which endpoints are replaced by gateways. */
export interface NetworkFilter {
  readonly proxy: ClientProxy;
  readonly gateways: NetworkGateways;
  /** Whether a proxy without a network uses gateways (from 1.30). */
  readonly forcesGateway: boolean;
  /** Whether traffic to an endpoint is mTLS, without which a gateway can't pass it on. */
  readonly isMtls: (endpoint: Endpoint) => boolean;
}

/** The largest weight. */
const MAX_UINT32 = 0xffff_ffff;

/**
 * Replaces the endpoints on other networks by their gateways, inside the same group: every weight is scaled
 * so that it can be shared out among gateways, a gateway gets the sum of its parts. Groups stay, also empty
 * ones. Does nothing when no gateway is known at all.
 *
 * Source: Istio `pilot/pkg/xds/endpoints/ep_filters.go` EndpointsByNetworkFilter. Left out: gateways of
 * another IP family than the proxy's, HBONE (ambient).
 */
export function filterByNetwork(
  groups: readonly AssignedLocality[],
  filter: NetworkFilter,
): AssignedLocality[] {
  if (filter.gateways.all.length === 0) return [...groups];
  return groups.map(group => {
    const kept: AssignedEndpoint[] = [];
    const used = new Map<NetworkGateway, { weight: number; endpoints: Endpoint[] }>();
    for (const assigned of group.endpoints) {
      const [endpoint] = assigned.endpoints;
      const weight = Math.min(MAX_UINT32, assigned.weight * filter.gateways.scale);
      const gateways = selectGateways(filter, endpoint);
      if (isDirect(filter, endpoint, gateways)) {
        if (assigned.address !== '') kept.push({ ...assigned, weight });
        continue;
      }
      if (!filter.isMtls(endpoint)) continue;
      const part = Math.floor(weight / gateways.length);
      for (const gateway of gateways) {
        const sum = used.get(gateway) ?? { weight: 0, endpoints: [] };
        sum.weight += part;
        sum.endpoints.push(endpoint);
        used.set(gateway, sum);
      }
    }
    for (const gateway of [...used.keys()].sort(byAddress)) {
      const { weight, endpoints } = used.get(gateway)!;
      kept.push(gatewayEndpoint(gateway, Math.max(1, weight), endpoints));
    }
    return { ...group, weight: sumOfWeights(kept), endpoints: kept };
  });
}

/**
 * The gateways for an endpoint: those of its network in its own cluster, else all of its network. A sidecar
 * only uses gateways that take mTLS.
 *
 * Source: Istio `ep_filters.go` selectNetworkGateways.
 */
function selectGateways({ gateways, proxy }: NetworkFilter, endpoint: Endpoint): readonly NetworkGateway[] {
  const found =
    gateways.byNetworkAndCluster.get(networkAndCluster(endpoint.network, endpoint.cluster)) ??
    gateways.byNetwork.get(endpoint.network) ??
    [];
  return proxy.kind === 'sidecar' ? found.filter(gateway => gateway.port !== 0) : found;
}

function isDirect(filter: NetworkFilter, endpoint: Endpoint, gateways: readonly NetworkGateway[]): boolean {
  if (gateways.length === 0) return true;
  const isForced = filter.forcesGateway && filter.proxy.network === '' && endpoint.network !== '';
  return !isForced && isInNetwork(filter.proxy, endpoint.network);
}

/** A gateway stands for workloads whose labels aren't known to the client, and is never unhealthy. */
function gatewayEndpoint(
  gateway: NetworkGateway,
  weight: number,
  endpoints: readonly Endpoint[],
): AssignedEndpoint {
  const labels: Record<string, string> = {};
  if (gateway.cluster) labels[LABELS.cluster] = gateway.cluster;
  if (gateway.network) labels[LABELS.network] = gateway.network;
  return {
    cluster: gateway.cluster,
    network: gateway.network,
    address: formatAddress(gateway.address, gateway.port),
    weight,
    health: 'healthy',
    via: gateway,
    endpoints,
    labels,
  };
}
