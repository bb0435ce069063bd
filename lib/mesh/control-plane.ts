import type { ClusterRef } from './cluster';
import type { ControlPlaneHost } from './control-plane-host';

/**
 * A cluster that runs istiod for itself, and for the remotes that name it.
 *
 * @see https://istio.io/latest/docs/setup/install/multicluster/primary-remote/
 */
export interface PrimaryControlPlane {
  readonly role: 'primary';
  /**
   * Where remote clusters reach this istiod, through the load balancer of its east-west gateway: a static IP
   * address, or a DNS name. With a DNS name the API servers of the remotes call the injection webhook by URL,
   * because they call none through the ExternalName Service that the istiod chart makes of a name; and istiod
   * puts the name into its certificate.
   *
   * @default - the apply plan waits for the gateway's load balancer and takes the IP address from it; where
   * load balancers have names only (`platform: 'eks'`), a primary with remotes needs a DNS name
   * @see https://github.com/istio/istio/issues/45014
   */
  readonly address?: string;
}

/** A cluster without an istiod of its own: its proxies, and its injection webhook, are served by a primary. */
export interface RemoteControlPlane {
  readonly role: 'remote';
  /** The cluster whose istiod serves this one, or the config cluster of an external istiod; or its name. */
  readonly primary: ClusterRef;
}

/**
 * A cluster whose istiod runs outside of the mesh, on a {@link ControlPlaneHost}. It is the config cluster of
 * that istiod, which carries this cluster's name as its own; other clusters join it as remotes.
 *
 * @see https://istio.io/latest/docs/setup/install/external-controlplane/
 */
export interface ExternalControlPlane {
  readonly role: 'external';
  /** Where the istiod runs. A host runs one istiod: the namespace is the same in all of its clusters. */
  readonly host: ControlPlaneHost;
  /**
   * The DNS name at which API servers and proxies reach the istiod: an entry for the load balancer of the
   * host's Service `istiod-external`. istiod puts it into its certificate.
   */
  readonly address: string;
}

/** Where the proxies of a cluster find their istiod. */
export type ControlPlane = PrimaryControlPlane | RemoteControlPlane | ExternalControlPlane;
