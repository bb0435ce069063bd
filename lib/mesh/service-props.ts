import type { ContainerResources, Deployment, Probe } from 'cdk8s-plus-27';
import type { Cluster, ClusterRef } from './cluster';
import type { LocalityPolicy } from './locality';
import type { MeshService } from './service';

/** The protocols that Istio recognizes by a port's name. */
export type Protocol =
  | 'http'
  | 'http2'
  | 'https'
  | 'grpc'
  | 'grpc-web'
  | 'tcp'
  | 'tls'
  | 'mongo'
  | 'mysql'
  | 'redis';

/** A port of a mesh service. */
export interface ServicePort {
  /**
   * The protocol, or the protocol with a suffix: Istio selects the protocol by the name, and endpoints of
   * several clusters belong together by it.
   *
   * @see https://istio.io/latest/docs/ops/configuration/traffic-management/protocol-selection/
   */
  readonly name: Protocol | `${Protocol}-${string}`;
  /** Port number of the Service. */
  readonly port: number;
  /**
   * Port number of the container.
   *
   * @default - as `port`
   */
  readonly targetPort?: number;
}

/** On which clusters a version runs: all, or those listed, or those with all of these labels. */
export type Placement =
  | 'everywhere'
  | readonly ClusterRef[]
  | { readonly matchLabels: Readonly<Record<string, string>> };

/** How many pods a version has in a cluster: between two bounds, by load. */
export interface Autoscaling {
  /** @default 1 */
  readonly minReplicas?: number;
  readonly maxReplicas: number;
  /**
   * Average CPU use in per cent of the request that is aimed at.
   *
   * @default 80
   */
  readonly cpuPercent?: number;
}

/** What may differ from cluster to cluster. */
export interface WorkloadSettings {
  readonly image?: string;
  /** @default 1 */
  readonly replicas?: number;
  /**
   * Requests and limits of the container.
   *
   * @default - requests 100m of CPU and 128Mi of memory, no limits
   */
  readonly resources?: ContainerResources;
  /** Environment variables; merged over those of the version. */
  readonly env?: Readonly<Record<string, string>>;
  /** Lets the cluster's load decide over the replicas. */
  readonly autoscaling?: Autoscaling;
}

/** One version of a mesh service: a Deployment in each cluster that it is placed on. */
export interface ServiceVersion extends WorkloadSettings {
  readonly image: string;
  readonly placement: Placement;
  /**
   * What differs on single clusters, by cluster name.
   *
   * @default {}
   */
  readonly overrides?: Readonly<Record<string, WorkloadSettings>>;
  /**
   * The services that this version calls.
   *
   * @default - those of the service
   */
  readonly calls?: readonly ServiceRef[];
}

/** A share of the requests of a route, by version; whole percentages that add up to 100. */
export type VersionWeights = Readonly<Record<string, number>>;

/** Which requests a route is for. */
export interface RouteMatch {
  readonly headers?: Readonly<Record<string, string>>;
  readonly uriPrefix?: string;
}

/** Sends the requests that match, or all, to versions by weight. */
export interface VersionRoute {
  /**
   * Headers (exact) and path prefix that a request must have.
   *
   * @default - every request
   */
  readonly match?: RouteMatch;
  readonly to: VersionWeights;
}

/** A mesh service, or its name: `ratings` in the same namespace, `shop/ratings` in another. */
export type ServiceRef = MeshService | string;

/** Describes a mesh service. */
export interface MeshServiceProps {
  readonly ports: readonly ServicePort[];
  /** Its versions by name; the name is the value of the pods' label `version` and the name of the subset. */
  readonly versions: Readonly<Record<string, ServiceVersion>>;
  /**
   * The services that it calls. From this follow who may call whom (AuthorizationPolicy), which hosts its
   * proxies know (Sidecar) and in which clusters a name must resolve. Calls may form a cycle.
   *
   * @default - none
   */
  readonly calls?: readonly ServiceRef[];
  /**
   * How requests to it choose between localities.
   *
   * @default - spread: no locality is preferred
   */
  readonly locality?: LocalityPolicy;
  /**
   * How requests to it choose between versions, first match first.
   *
   * @default - none: every pod of every version alike
   */
  readonly routes?: readonly VersionRoute[];
  /**
   * Name of the ServiceAccount of its pods, by which callees know it.
   *
   * @default - the name of the service
   */
  readonly serviceAccount?: string;
  /**
   * Writable empty directories of its pods: volume name to path.
   *
   * @default { tmp: '/tmp' }
   */
  readonly scratch?: Readonly<Record<string, string>>;
  /**
   * Whether the container may write outside of `scratch`.
   *
   * @default false
   */
  readonly writableRootFilesystem?: boolean;
  /** When a pod takes requests. @default - as soon as its container runs */
  readonly readiness?: Probe;
  /** When a container is restarted. @default - when it exits */
  readonly liveness?: Probe;
  /**
   * Changes a Deployment that nothing above reaches; called once per version and cluster.
   */
  readonly customize?: (deployment: Deployment, version: string, cluster: Cluster) => void;
}
