import { type ControlPlane, flag, istiodValues } from '../fleet/control-plane';
import { type Fleet, namespaceOf } from '../fleet/fleet';
import { LABELS } from '../fleet/labels';
import { byText, numberAt, type Plain, plainAt, plainsAt, stringAt, stringsAt } from '../fleet/plain';
import type { NetworkGateway } from './model';

/** Where a network gateway takes mTLS with automatic passthrough. Source: Istio kube/controller DefaultNetworkGatewayPort. */
const MTLS_PORT = 15443;
/** Where it takes HBONE. Source: Istio kube/controller DefaultNetworkGatewayHBONEPort. */
const HBONE_PORT = 15008;

/** The gateways of all networks that a control plane knows, with the factor that weights are scaled by. */
export interface NetworkGateways {
  readonly all: readonly NetworkGateway[];
  readonly byNetwork: ReadonlyMap<string, readonly NetworkGateway[]>;
  readonly byNetworkAndCluster: ReadonlyMap<string, readonly NetworkGateway[]>;
  /** Least common multiple of the numbers of gateways per network, and per network and cluster. */
  readonly scale: number;
}

/**
 * Indexes gateways and computes the scale.
 *
 * Source: Istio `pilot/pkg/model/network.go` NetworkGateways.update, SortGateways.
 */
export function indexGateways(gateways: readonly NetworkGateway[]): NetworkGateways {
  const unique = new Map<string, NetworkGateway>();
  for (const gateway of [...gateways].sort(byAddress)) {
    const { network, cluster, address, port, hbonePort } = gateway;
    const key = JSON.stringify([network, cluster, address, port, hbonePort]);
    if (!unique.has(key)) unique.set(key, gateway);
  }
  const byNetwork = new Map<string, NetworkGateway[]>();
  const byNetworkAndCluster = new Map<string, NetworkGateway[]>();
  for (const gateway of unique.values()) {
    add(byNetwork, gateway.network, gateway);
    add(byNetworkAndCluster, networkAndCluster(gateway.network, gateway.cluster), gateway);
  }
  const sizes = [...byNetwork.values(), ...byNetworkAndCluster.values()].map(list => list.length);
  return { all: [...unique.values()], byNetwork, byNetworkAndCluster, scale: sizes.reduce(lcm, 1) };
}

/** Key of `byNetworkAndCluster`. */
export function networkAndCluster(network: string, cluster: string): string {
  return JSON.stringify([network, cluster]);
}

/**
 * The gateways that a control plane discovers in all clusters it watches: labelled Services with an address,
 * and those in the mesh networks it was installed with. A host name counts as one address: istiod would
 * resolve it.
 *
 * Source: Istio `pilot/pkg/serviceregistry/kube/controller/network.go` getGatewayDetails,
 * extractGatewaysInner, handleGatewayResource; `pilot/pkg/model/network.go` reload.
 */
export function discoverGateways(fleet: Fleet, plane: ControlPlane): NetworkGateway[] {
  const networks = plainAt(istiodValues(fleet, plane.cluster), 'global', 'meshNetworks');
  return [
    ...fromServices(fleet, networks),
    ...fromMeshNetworks(networks),
    ...fromRemoteGateways(fleet, plane),
  ];
}

function fromServices(fleet: Fleet, networks: Plain): NetworkGateway[] {
  const gateways: NetworkGateway[] = [];
  for (const { cluster, manifest } of fleet.ofKind('Service')) {
    const details = labelledGateway(manifest) ?? registeredGateway(cluster, manifest, networks);
    if (!details) continue;
    const service = `${cluster}/${namespaceOf(manifest)}/${manifest.metadata.name}`;
    for (const address of externalAddresses(manifest))
      gateways.push({ ...details, cluster, address, service });
  }
  return gateways;
}

type Details = Pick<NetworkGateway, 'network' | 'port' | 'hbonePort'>;

function labelledGateway(manifest: { metadata: { labels?: Record<string, string> } }): Details | undefined {
  const labels = manifest.metadata.labels ?? {};
  const network = labels[LABELS.network];
  if (!network) return undefined;
  const wanted = /^\d+$/.test(labels[LABELS.gatewayPort] ?? '')
    ? Number(labels[LABELS.gatewayPort])
    : MTLS_PORT;
  const ports = plainsAt(manifest, 'spec', 'ports').map(port => numberAt(port, 'port'));
  const port = ports.includes(wanted) ? wanted : 0;
  const hbonePort = ports.includes(HBONE_PORT) ? HBONE_PORT : 0;
  return port || hbonePort ? { network, port, hbonePort } : undefined;
}

/** A Service that the mesh networks name, in a cluster that they say belongs to the network. */
function registeredGateway(
  cluster: string,
  manifest: { metadata: { name: string; namespace?: string } },
  networks: Plain,
): Details | undefined {
  const host = `${manifest.metadata.name}.${manifest.metadata.namespace ?? 'default'}.svc.cluster.local`;
  for (const network of Object.keys(networks).sort(byText)) {
    const isMember = plainsAt(networks, network, 'endpoints').some(entry => entry.fromRegistry === cluster);
    if (!isMember) continue;
    const found = plainsAt(networks, network, 'gateways').find(entry => entry.registryServiceName === host);
    if (found) return { network, port: numberAt(found, 'port') ?? 0, hbonePort: 0 };
  }
  return undefined;
}

function fromMeshNetworks(networks: Plain): NetworkGateway[] {
  return Object.keys(networks).flatMap(network =>
    plainsAt(networks, network, 'gateways').flatMap(entry => {
      const address = stringAt(entry, 'address');
      if (!address) return [];
      return [
        { network, cluster: '', address, port: numberAt(entry, 'port') ?? 0, hbonePort: 0, service: '' },
      ];
    }),
  );
}

/** Gateways of class `istio-remote` declare another network's gateway by its addresses. */
function fromRemoteGateways(fleet: Fleet, plane: ControlPlane): NetworkGateway[] {
  if (!flag(plane, 'PILOT_MULTI_NETWORK_DISCOVER_GATEWAY_API', true)) return [];
  const gateways: NetworkGateway[] = [];
  for (const { cluster, manifest } of fleet.ofKind('Gateway.gateway.networking.k8s.io')) {
    const network = manifest.metadata.labels?.[LABELS.network];
    const isRemote = stringAt(manifest, 'spec', 'gatewayClassName') === 'istio-remote';
    if (!network || (isRemote && cluster !== plane.cluster)) continue;
    const service = `${cluster}/${namespaceOf(manifest)}/${manifest.metadata.name}`;
    for (const entry of plainsAt(manifest, 'spec', 'addresses')) {
      const address = stringAt(entry, 'value') ?? '';
      if (entry.type !== 'IPAddress' && entry.type !== 'Hostname') continue;
      for (const listener of plainsAt(manifest, 'spec', 'listeners')) {
        const port = numberAt(listener, 'port') ?? 0;
        if (listener.protocol === 'HBONE')
          gateways.push({ network, cluster, address, port, hbonePort: port, service });
        else if (isAutoPassthrough(manifest.metadata.labels ?? {}, listener)) {
          gateways.push({ network, cluster, address, port, hbonePort: 0, service });
        }
      }
    }
  }
  return gateways;
}

/** Source: Istio `pilot/pkg/serviceregistry/kube/controller` via `pkg/config/kube` IsAutoPassthrough. */
function isAutoPassthrough(labels: Record<string, string>, listener: Plain): boolean {
  if (listener.protocol !== 'TLS' || stringAt(listener, 'tls', 'mode') !== 'Passthrough') return false;
  const option = stringAt(listener, 'tls', 'options', 'gateway.istio.io/listener-protocol');
  if (option === 'auto-passthrough') return true;
  return String(numberAt(listener, 'port')) === (labels[LABELS.gatewayPort] ?? String(MTLS_PORT));
}

function externalAddresses(manifest: unknown): string[] {
  const addresses: string[] = [];
  if (stringAt(manifest, 'spec', 'type') === 'LoadBalancer') {
    for (const ingress of plainsAt(manifest, 'status', 'loadBalancer', 'ingress')) {
      const address = stringAt(ingress, 'ip') || stringAt(ingress, 'hostname');
      if (address) addresses.push(address);
    }
  }
  return [...addresses, ...stringsAt(manifest, 'spec', 'externalIPs')];
}

/** The order of gateways in an assignment. Source: Istio `pilot/pkg/model/network.go` SortGateways. */
export function byAddress(a: NetworkGateway, b: NetworkGateway): number {
  return (
    byText(a.address, b.address) ||
    a.port - b.port ||
    byText(a.cluster, b.cluster) ||
    byText(a.network, b.network)
  );
}

function lcm(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y > 0) [x, y] = [y, x % y];
  return (a * b) / x;
}

function add(index: Map<string, NetworkGateway[]>, key: string, gateway: NetworkGateway): void {
  const list = index.get(key);
  if (list) list.push(gateway);
  else index.set(key, [gateway]);
}
