import { type ControlPlane, controlPlanes, type IstioVersion, proxyNetwork } from '../fleet/control-plane';
import { type DestinationRuleIndex, indexDestinationRules } from '../fleet/destination-rules';
import type { Fleet } from '../fleet/fleet';
import { LABELS, type Labels } from '../fleet/labels';
import { indexPeerAuthentications, type PeerAuthenticationIndex } from '../fleet/peer-authentication';
import { clusterLocalHosts } from './cluster-local';
import { type EndpointIndex, kubernetesEndpoints, shardOrder } from './endpoints';
import { augmentLabels } from './locality';
import type { ClientProxy, Endpoint, Locality, Service } from './model';
import { discoverGateways, indexGateways, type NetworkGateways } from './network-gateways';
import { serviceEntryEndpoints } from './service-entry';
import { servicesOf } from './services';

/** Everything one control plane knows. */
export interface PlaneView {
  readonly plane: ControlPlane;
  readonly services: ReadonlyMap<string, readonly Service[]>;
  readonly destinationRules: DestinationRuleIndex;
  readonly peerAuthentications: PeerAuthenticationIndex;
  readonly clusterLocal: ReadonlyMap<string, boolean>;
  readonly gateways: NetworkGateways;
  /** The endpoints of a host, in the order of clusters. */
  endpointsOf(host: string): readonly Endpoint[];
  /** Whether some of a host's endpoints are known to this control plane only: those of ServiceEntries. */
  hasOwnEndpoints(host: string): boolean;
  /** Equal for control planes that decide alike about equal services and rules. */
  readonly signature: string;
}

/** An expanded fleet as its control planes see it. Every control plane watches every cluster. */
export interface World {
  readonly fleet: Fleet;
  /** By config cluster. */
  readonly planes: ReadonlyMap<string, PlaneView>;
  /** Network of the proxies, by cluster. */
  readonly proxyNetworks: ReadonlyMap<string, string>;
}

/** Reads an expanded fleet as istiod would. @param version for all control planes, instead of what they say. */
export function buildWorld(fleet: Fleet, version?: IstioVersion): World {
  const indexes = new Map<string, EndpointIndex>();
  const planes = new Map<string, PlaneView>();
  for (const [name, plane] of controlPlanes(fleet, version)) {
    const key = `${plane.domain} ${plane.rootNamespace}`;
    const shared = indexes.get(key) ?? kubernetesEndpoints(fleet, plane);
    indexes.set(key, shared);
    planes.set(name, viewOf(fleet, plane, shared));
  }
  const proxyNetworks = new Map(fleet.clusters.map(cluster => [cluster.name, proxyNetwork(fleet, cluster)]));
  return { fleet, planes, proxyNetworks };
}

/** What the control plane of a cluster knows. */
export function planeOf(world: World, cluster: string): PlaneView {
  return world.planes.get(world.fleet.cluster(cluster).configCluster)!;
}

/** A client in a place, as its proxy would present itself to istiod. */
export interface ClientPlace {
  readonly cluster: string;
  readonly zone: string;
  readonly namespace: string;
  /** Labels of the client's workload, without those of its place. */
  readonly labels?: Labels;
  readonly kind?: ClientProxy['kind'];
  readonly networkView?: readonly string[];
  readonly node?: string;
  readonly subzone?: string;
}

/** The proxy of a client in a place. */
export function proxyAt(world: World, place: ClientPlace): ClientProxy {
  const cluster = world.fleet.cluster(place.cluster);
  const network = place.labels?.[LABELS.network] ?? world.proxyNetworks.get(cluster.name)!;
  const locality: Locality = { region: cluster.region, zone: place.zone, subzone: place.subzone ?? '' };
  const node = place.node ?? '';
  return {
    kind: place.kind ?? 'sidecar',
    cluster: cluster.name,
    namespace: place.namespace,
    network,
    locality,
    labels: augmentLabels(place.labels ?? {}, { cluster: cluster.name, locality, node, network }),
    networkView: place.networkView ?? [],
    node,
  };
}

function viewOf(fleet: Fleet, plane: ControlPlane, kubernetes: EndpointIndex): PlaneView {
  const entries = serviceEntryEndpoints(fleet, plane);
  const cache = new Map<string, readonly Endpoint[]>();
  const gateways = indexGateways(discoverGateways(fleet, plane));
  const clusterLocal = clusterLocalHosts(plane);
  const peers = fleet.ofKind('PeerAuthentication.security.istio.io', plane.cluster);
  const { cluster: _, ...decisive } = plane;
  return {
    plane,
    hasOwnEndpoints: host => entries.has(host),
    signature: JSON.stringify([
      decisive,
      gateways.all,
      [...clusterLocal],
      peers.map(({ manifest }) => [manifest.metadata.namespace, manifest.metadata.name, manifest.spec]),
    ]),
    services: servicesOf(fleet, plane),
    destinationRules: indexDestinationRules(fleet, plane),
    peerAuthentications: indexPeerAuthentications(fleet, plane),
    clusterLocal,
    gateways,
    endpointsOf: host => {
      const known = cache.get(host);
      if (known) return known;
      const endpoints = [entries, kubernetes].flatMap(index => {
        const shards = index.get(host);
        return shards ? shardOrder(shards.keys()).flatMap(cluster => shards.get(cluster)!) : [];
      });
      cache.set(host, endpoints);
      return endpoints;
    },
  };
}
