import type { IstioVersion } from './versions';

/**
 * What installs Istio on a cluster: the apply plan with Istio's Helm charts; the Sail operator, which must run
 * there; or `istioctl install` with a file, of the mesh's own version of Istio.
 */
export type Installer = 'helm' | 'sail' | 'istioctl';

/** What an east-west gateway is made of. */
export type EastWestGatewayKind = 'helm' | 'manifests' | 'gateway-api';

/** The east-west gateway of a cluster. */
export interface EastWestGateway {
  /**
   * Istio's gateway chart; plain manifests that injection completes; or a Gateway of the Gateway API, which
   * istiod deploys, in clusters that hold Istio's configuration.
   *
   * @default - see `ClusterProps.eastWestGateway`
   */
  readonly kind?: EastWestGatewayKind;
  /**
   * A static IP address for its load balancer.
   *
   * @default - `controlPlane.address` where that is an IP address, else what the platform gives
   */
  readonly address?: string;
}

/** A second control plane beside the first, for an upgrade by revision. */
export interface CanaryControlPlane {
  /** Its revision: a DNS-1123 label such as `1-31-1`, other than the mesh's own. */
  readonly revision: string;
  /**
   * Its release of Istio.
   *
   * @default - the mesh's `istioVersion`
   */
  readonly istioVersion?: IstioVersion;
}
