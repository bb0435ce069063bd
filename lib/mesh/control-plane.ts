import type { ClusterRef } from './cluster';

/**
 * A cluster that runs istiod for itself, and for the remotes that name it.
 *
 * @see https://istio.io/latest/docs/setup/install/multicluster/primary-remote/
 */
export interface PrimaryControlPlane {
  readonly role: 'primary';
  /**
   * The IP address at which remote clusters reach this istiod: the static address of the east-west gateway's
   * load balancer. It must be an IP: with a host name the istiod chart makes an ExternalName Service in the
   * remote, which the API server can't call as a webhook.
   *
   * @default - the apply plan waits for the gateway's load balancer and takes the address from it
   * @see https://github.com/istio/istio/issues/45014
   */
  readonly address?: string;
}

/** A cluster without an istiod of its own: its proxies, and its injection webhook, are served by a primary. */
export interface RemoteControlPlane {
  readonly role: 'remote';
  /** The cluster whose istiod serves this one; a cluster, or its name. */
  readonly primary: ClusterRef;
}

/** Where the proxies of a cluster find their istiod. */
export type ControlPlane = PrimaryControlPlane | RemoteControlPlane;
