import type { Manifest } from '../manifest';

/** Who runs the istiod that a cluster's proxies are connected to. */
export type ControlPlaneRole = 'primary' | 'remote' | 'external';

/** The control plane of a cluster, as in `fleet.json`. */
export interface FleetControlPlane {
  readonly role: ControlPlaneRole;
  /** The cluster that runs the istiod; given when `role` isn't `primary`. */
  readonly primary?: string;
}

/** One cluster of a fleet. Its name is Istio's `clusterName` as well. */
export interface FleetCluster {
  readonly name: string;
  /** The kube context; only the apply plan uses it. */
  readonly context: string;
  /** The network its pods are on (`topology.istio.io/network`). */
  readonly network: string;
  readonly region: string;
  readonly zones: readonly string[];
  readonly controlPlane: FleetControlPlane;
  /** The cluster whose VirtualServices, DestinationRules and so on its istiod reads. */
  readonly configCluster: string;
  /** Range of pod addresses in CIDR notation, when known: what is expanded takes its addresses there. */
  readonly podCidr?: string;
}

/** One object of one cluster, with the place it was read from. */
export interface FleetObject {
  readonly cluster: string;
  /** File, relative to the folder that was loaded; empty for objects from memory. */
  readonly file: string;
  /** Line in the file where the object starts, from 1; 0 for objects from memory. */
  readonly line: number;
  readonly manifest: Manifest;
}

/** The values of one Helm release of one cluster. */
export interface HelmRelease {
  readonly cluster: string;
  /** Name of the release: `istiod`, `istio-eastwestgateway`. */
  readonly name: string;
  /** Namespace it is installed in; `istio-system` where nothing says otherwise. */
  readonly namespace: string;
  /** Version of its chart, which is Istio's; undefined where nothing says it. */
  readonly version?: string;
  readonly file: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** Two objects of one cluster with the same kind, namespace and name. The later one counts. */
export interface Duplicate {
  readonly first: FleetObject;
  readonly second: FleetObject;
}
