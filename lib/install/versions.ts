/** What differs between the supported minor versions of Istio: decided here and nowhere else. */
export interface IstioRelease {
  readonly minor: SupportedMinor;
  /** The charts' OCI repository. */
  readonly charts: string;
  /**
   * The image hub to set, where the chart's own default is a place that is being switched off.
   *
   * @see https://istio.io/latest/news/releases/1.31.x/announcing-1.31/upgrade-notes/
   */
  readonly hub?: string;
  /** The version of TLSRoute that istiod watches: pkg/config/schema/metadata.yaml. */
  readonly tlsRoute: 'v1' | 'v1alpha2';
  /** Whether proxies of the Gateway API take Istio Gateways of their own namespace only, by default. */
  readonly strictGatewayMerging: boolean;
}

/** The minor versions that are supported, the newest first. */
export const SUPPORTED_MINORS = ['1.31', '1.30', '1.29'] as const;

export type SupportedMinor = (typeof SUPPORTED_MINORS)[number];

/** A release of Istio, without a leading v: it is the version of its charts and images at once. */
export type IstioVersion = `${SupportedMinor}.${number}`;

export const DEFAULT_ISTIO_VERSION: IstioVersion = '1.31.1';

const CHARTS = 'oci://ghcr.io/istio/release/charts';

const RELEASES: Readonly<Record<SupportedMinor, Omit<IstioRelease, 'minor'>>> = {
  '1.31': { charts: CHARTS, tlsRoute: 'v1', strictGatewayMerging: true },
  '1.30': { charts: CHARTS, hub: 'docker.io/istio', tlsRoute: 'v1', strictGatewayMerging: false },
  '1.29': { charts: CHARTS, hub: 'docker.io/istio', tlsRoute: 'v1alpha2', strictGatewayMerging: false },
};

/** What holds for a version; nothing if its minor version is not supported. */
export function istioRelease(version: string): IstioRelease | undefined {
  const minor = /^(\d+\.\d+)\.\d+$/.exec(version)?.[1] as SupportedMinor | undefined;
  return minor && Object.hasOwn(RELEASES, minor) ? { minor, ...RELEASES[minor] } : undefined;
}

/** The newest of some versions; at least one is needed. */
export function newestVersion(versions: readonly IstioVersion[]): IstioVersion {
  const parts = (version: IstioVersion) => version.split('.').map(Number);
  return [...versions].sort((a, b) => {
    const [left, right] = [parts(a), parts(b)];
    const index = left.findIndex((part, i) => part !== right[i]);
    return index < 0 ? 0 : right[index] - left[index];
  })[0];
}
