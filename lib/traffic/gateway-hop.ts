import { hostMatches } from '../fleet/hosts';
import { containsLabels } from '../fleet/labels';
import { labelsAt, numberAt, plainsAt, stringAt, stringsAt } from '../fleet/plain';
import { parseLocality } from './locality';
import type { Endpoint, NetworkGateway } from './model';
import { type PlaneView, planeOf, type World } from './world';

/** The gateway's pods; where nothing says them, one in every zone of the cluster it leads to. */
export function gatewayPods(
  world: World,
  gateway: NetworkGateway,
  behind: readonly Endpoint[],
): readonly Endpoint[] {
  const [clusterName, namespace, name] = gateway.service.split('/');
  const home = clusterName || behind[0].cluster;
  const view = planeOf(world, home);
  const host = `${name}.${namespace}.svc.${view.plane.domain}`;
  const known = view.endpointsOf(host).filter(endpoint => endpoint.cluster === home);
  if (known.length > 0) return uniquePods(known);
  const cluster = world.fleet.cluster(home);
  return (cluster.zones.length > 0 ? cluster.zones : ['']).map(zone =>
    assumedPod(home, gateway, zone, cluster.region),
  );
}

/**
 * Whether a network gateway passes a host on: a Gateway in its config cluster that selects it, with a server
 * of mode AUTO_PASSTHROUGH for the host; or a listener of the Gateway API that comes to the same.
 */
export function isPassedOn(world: World, view: PlaneView, pod: Endpoint, host: string): boolean {
  const { fleet } = world;
  for (const { manifest } of fleet.ofKind('Gateway.networking.istio.io', view.plane.cluster)) {
    // A gateway whose pods nobody declared is taken to be one that is selected.
    const isKnown = Object.keys(pod.labels).length > 0;
    if (isKnown && !containsLabels(labelsAt(manifest, 'spec', 'selector'), pod.labels)) continue;
    for (const server of plainsAt(manifest, 'spec', 'servers')) {
      if (stringAt(server, 'tls', 'mode') !== 'AUTO_PASSTHROUGH') continue;
      const patterns = stringsAt(server, 'hosts').map(text => text.split('/').pop() ?? '');
      if (patterns.some(pattern => hostMatches(pattern, host))) return true;
    }
  }
  const gatewayName = pod.labels['gateway.networking.k8s.io/gateway-name'];
  if (!gatewayName) return false;
  const gateway = fleet.find(pod.cluster, 'Gateway.gateway.networking.k8s.io', pod.namespace, gatewayName);
  return plainsAt(gateway?.manifest, 'spec', 'listeners').some(listener => {
    const hostname = stringAt(listener, 'hostname') ?? '*';
    const isTls = listener.protocol === 'TLS' && stringAt(listener, 'tls', 'mode') === 'Passthrough';
    return isTls && numberAt(listener, 'port') === 15443 && hostMatches(hostname, host);
  });
}

/** What a gateway's container asks to see. */
export function networkView(world: World, pod: Endpoint): string[] {
  const found = world.fleet.find(pod.cluster, 'Pod', pod.namespace, pod.workload);
  for (const container of plainsAt(found?.manifest, 'spec', 'containers')) {
    for (const variable of plainsAt(container, 'env')) {
      if (variable.name === 'ISTIO_META_REQUESTED_NETWORK_VIEW') {
        return (stringAt(variable, 'value') ?? '').split(',').filter(text => text !== '');
      }
    }
  }
  return [];
}

function uniquePods(endpoints: readonly Endpoint[]): Endpoint[] {
  return [...new Map(endpoints.map(endpoint => [endpoint.address, endpoint])).values()];
}

function assumedPod(cluster: string, gateway: NetworkGateway, zone: string, region: string): Endpoint {
  const [, namespace = 'istio-system'] = gateway.service.split('/');
  return {
    cluster,
    network: gateway.network,
    address: `${gateway.address}#${zone}`,
    port: gateway.port,
    portName: '',
    locality: parseLocality(`${region}/${zone}/`),
    localityLabel: `${region}/${zone}/`,
    labels: {},
    weight: 1,
    health: 'healthy',
    tlsMode: 'disabled',
    namespace,
    node: '',
    workload: gateway.service,
  };
}
