import type { Labels } from '../fleet/labels';

/** A region, zone and subzone; empty where not known. */
export interface Locality {
  readonly region: string;
  readonly zone: string;
  readonly subzone: string;
}

/** Readiness as istiod reports it. */
export type Health = 'healthy' | 'unhealthy' | 'draining' | 'terminating';

/** One address and port that serves a service, as istiod knows it (model.IstioEndpoint). */
export interface Endpoint {
  readonly cluster: string;
  readonly network: string;
  /** Empty for a workload that is only reachable through its network's gateway. */
  readonly address: string;
  readonly port: number;
  /** Name of the service's port that it serves. */
  readonly portName: string;
  readonly locality: Locality;
  /** `region/zone/subzone`, by which endpoints are grouped; empty where nothing is known. */
  readonly localityLabel: string;
  /** The workload's labels with those of its place added. */
  readonly labels: Labels;
  readonly weight: number;
  readonly health: Health;
  /** `istio` where the workload has a proxy that takes mTLS. */
  readonly tlsMode: string;
  readonly namespace: string;
  readonly node: string;
  /** Name of the pod or WorkloadEntry. */
  readonly workload: string;
}

/** A port of a service. */
export interface ServicePort {
  readonly name: string;
  readonly number: number;
  readonly protocol: string;
}

/** How a proxy finds the endpoints of a service. */
export type Resolution =
  /** From istiod: everything the rules here are about. */
  | 'eds'
  /** Names that the proxy resolves; weights and localities are istiod's. */
  | 'dns'
  /** The address that the client resolved: headless Services, ServiceEntries without resolution. */
  | 'original-destination'
  /** Another name for an external host. */
  | 'alias';

/** What `trafficDistribution` asks for. */
export type TrafficDistribution = 'any' | 'same-zone' | 'same-node';

/** A service as one control plane knows it, merged over the clusters it watches (model.Service). */
export interface Service {
  readonly host: string;
  readonly namespace: string;
  readonly name: string;
  readonly ports: readonly ServicePort[];
  readonly resolution: Resolution;
  readonly trafficDistribution: TrafficDistribution;
  /** `internalTrafficPolicy: Local`. */
  readonly isNodeLocal: boolean;
  readonly exportTo: readonly string[];
  /** Whether draining endpoints are sent (label istio.io/persistent-session). */
  readonly hasPersistentSession: boolean;
  /** Clusters that have the Service object; for a ServiceEntry none. */
  readonly clusters: readonly string[];
}

/** A gateway by which a network is entered (model.NetworkGateway). */
export interface NetworkGateway {
  readonly network: string;
  /** Empty for gateways of the mesh config, which belong to no cluster. */
  readonly cluster: string;
  readonly address: string;
  /** Port for mTLS with automatic passthrough; 0 when it has none. */
  readonly port: number;
  /** Port for HBONE; 0 when it has none. */
  readonly hbonePort: number;
  /** `cluster/namespace/name` of its Service; empty for gateways of the mesh config. */
  readonly service: string;
}

/** A proxy, as far as it matters to what istiod tells it. */
export interface ClientProxy {
  readonly kind: 'sidecar' | 'gateway';
  readonly cluster: string;
  readonly namespace: string;
  readonly network: string;
  readonly locality: Locality;
  /** The workload's labels with those of its place added. */
  readonly labels: Labels;
  /** Networks it asked to see (`ISTIO_META_REQUESTED_NETWORK_VIEW`); empty for all. */
  readonly networkView: readonly string[];
  /** Node it runs on; empty when not known. */
  readonly node: string;
}

/** One host in an assignment. */
export interface AssignedEndpoint {
  readonly cluster: string;
  readonly network: string;
  /** Address and port that the proxy connects to. */
  readonly address: string;
  readonly weight: number;
  readonly health: Health;
  /** The gateway that stands for the endpoints behind it; undefined for an endpoint itself. */
  readonly via?: NetworkGateway;
  /** The endpoints it stands for: itself, or all behind the gateway. */
  readonly endpoints: readonly Endpoint[];
  /** The labels that failover priorities are decided by. */
  readonly labels: Labels;
}

/** One group of hosts (LocalityLbEndpoints). */
export interface AssignedLocality {
  readonly locality: Locality;
  readonly priority: number;
  /** Undefined when the group has no hosts left. */
  readonly weight?: number;
  readonly endpoints: readonly AssignedEndpoint[];
}
