import { versionOf } from '../fleet/labels';
import { byText } from '../fleet/plain';
import type { ClientZone } from './clients';
import type { Endpoint } from './model';
import type { Outcome } from './outcome';

/** Where requests end. */
export interface Target {
  readonly version: string;
  readonly cluster: string;
  readonly region: string;
  readonly zone: string;
}

/** The part of a client's requests to a service that ends at a target. */
export interface Share {
  readonly from: ClientZone;
  /** `namespace/name`. */
  readonly service: string;
  readonly to: Target;
  readonly share: number;
}

/** The part of a client's requests to a service that isn't answered. */
export interface Unserved {
  readonly from: ClientZone;
  readonly service: string;
  readonly reason: string;
  readonly share: number;
}

/** A row that an ingress gateway is the client of. */
export interface OfGateway {
  /** `namespace/name` of the Gateway. */
  readonly gateway: string;
}

/** An outcome by target and by reason, both sorted. */
export interface Ends {
  readonly served: readonly { readonly to: Target; readonly share: number }[];
  readonly unserved: readonly { readonly reason: string; readonly share: number }[];
}

/** Outcomes by target and by reason, each worked out once. */
export class EndsOf {
  private readonly known = new WeakMap<Outcome, Ends>();
  private readonly targets = new WeakMap<Endpoint, { readonly to: Target; readonly key: string }>();

  of(outcome: Outcome): Ends {
    const known = this.known.get(outcome);
    if (known) return known;
    const byTarget = new Map<string, { to: Target; share: number }>();
    for (const { endpoint, share } of outcome.served) {
      const { to, key } = this.targetOf(endpoint);
      const sum = byTarget.get(key);
      if (sum) sum.share += share;
      else byTarget.set(key, { to, share });
    }
    const ends: Ends = {
      served: sortedValues(byTarget).map(({ to, share }) => ({ to, share: rounded(share) })),
      unserved: [...outcome.unserved]
        .sort((a, b) => byText(a.reason, b.reason))
        .map(({ reason, share }) => ({ reason, share: rounded(share) })),
    };
    this.known.set(outcome, ends);
    return ends;
  }

  private targetOf(endpoint: Endpoint): { readonly to: Target; readonly key: string } {
    const known = this.targets.get(endpoint);
    if (known) return known;
    const to = targetOf(endpoint);
    const target = { to, key: [to.cluster, to.region, to.zone, to.version].join(' ') };
    this.targets.set(endpoint, target);
    return target;
  }
}

/** Where an endpoint is, and which version it runs. */
export function targetOf(endpoint: Endpoint): Target {
  return {
    version: versionOf(endpoint.labels),
    cluster: endpoint.cluster,
    region: endpoint.locality.region,
    zone: endpoint.locality.zone,
  };
}

/** To twelve digits, so that sums of parts show as what they are. */
export function rounded(share: number): number {
  return Math.round(share * 1e12) / 1e12;
}

/** The values of a map, by key. */
export function sortedValues<V>(map: ReadonlyMap<string, V>): V[] {
  return [...map.keys()].sort(byText).map(key => map.get(key)!);
}
