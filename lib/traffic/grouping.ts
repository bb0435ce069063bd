import { byText } from '../fleet/plain';
import { parseLocality } from './locality';
import type { AssignedEndpoint, AssignedLocality, Endpoint } from './model';

/**
 * One group per locality, sorted by `region/zone/subzone`, each as heavy as its endpoints together.
 *
 * Source: Istio `pilot/pkg/xds/endpoints/endpoint_builder.go` generate.
 */
export function groupByLocality(endpoints: readonly Endpoint[]): AssignedLocality[] {
  const groups = new Map<string, AssignedEndpoint[]>();
  for (const endpoint of endpoints) {
    const group = groups.get(endpoint.localityLabel);
    if (group) group.push(direct(endpoint));
    else groups.set(endpoint.localityLabel, [direct(endpoint)]);
  }
  return [...groups.keys()].sort(byText).map(label => {
    const group = groups.get(label)!;
    return { locality: parseLocality(label), priority: 0, weight: sumOfWeights(group), endpoints: group };
  });
}

/** What a group weighs; undefined when it has no hosts. Source: LocalityEndpoints.refreshWeight. */
export function sumOfWeights(endpoints: readonly AssignedEndpoint[]): number | undefined {
  return endpoints.length === 0 ? undefined : endpoints.reduce((sum, endpoint) => sum + endpoint.weight, 0);
}

function direct(endpoint: Endpoint): AssignedEndpoint {
  return {
    cluster: endpoint.cluster,
    network: endpoint.network,
    address: endpoint.address === '' ? '' : formatAddress(endpoint.address, endpoint.port),
    weight: endpoint.weight,
    health: endpoint.health,
    endpoints: [endpoint],
    labels: endpoint.labels,
  };
}

/** `address:port`, with brackets around IPv6. */
export function formatAddress(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
