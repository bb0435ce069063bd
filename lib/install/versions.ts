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
}

/** The minor versions that are supported, the newest first. */
export const SUPPORTED_MINORS = ['1.31', '1.30', '1.29'] as const;

export type SupportedMinor = (typeof SUPPORTED_MINORS)[number];

/** A release of Istio, without a leading v: it is the version of its charts and images at once. */
export type IstioVersion = `${SupportedMinor}.${number}`;

export const DEFAULT_ISTIO_VERSION: IstioVersion = '1.31.1';

const CHARTS = 'oci://ghcr.io/istio/release/charts';

const RELEASES: Readonly<Record<SupportedMinor, Omit<IstioRelease, 'minor'>>> = {
  '1.31': { charts: CHARTS },
  '1.30': { charts: CHARTS, hub: 'docker.io/istio' },
  '1.29': { charts: CHARTS, hub: 'docker.io/istio' },
};

/** What holds for a version; nothing if its minor version is not supported. */
export function istioRelease(version: string): IstioRelease | undefined {
  const minor = /^(\d+\.\d+)\.\d+$/.exec(version)?.[1] as SupportedMinor | undefined;
  return minor && Object.hasOwn(RELEASES, minor) ? { minor, ...RELEASES[minor] } : undefined;
}
