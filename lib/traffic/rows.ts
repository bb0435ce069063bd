import { versionOf } from '../fleet/labels';
import { byText } from '../fleet/plain';
import type { ClientZone } from './clients';
import type { Endpoint } from './model';
import type { Outcome } from './outcome';
import type { World } from './world';

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

/** Collects outcomes as rows, by target and by reason. */
export class Rows {
  readonly shares: (Share & OfGateway)[] = [];
  readonly unserved: (Unserved & OfGateway)[] = [];
  private readonly leaving = new Map<string, { sum: number; clients: number }>();

  constructor(private readonly world: World) {}

  add({ cluster, zone }: ClientZone, service: string, outcome: Outcome, gateway = ''): void {
    const from = { cluster, zone };
    const region = this.world.fleet.cluster(cluster).region;
    const byTarget = new Map<string, { to: Target; share: number }>();
    const leaving = this.leaving.get(service) ?? { sum: 0, clients: 0 };
    for (const { endpoint, share } of outcome.served) {
      const to = targetOf(endpoint);
      if (to.region !== region) leaving.sum += share;
      const key = [to.cluster, to.region, to.zone, to.version].join(' ');
      const known = byTarget.get(key);
      if (known) known.share += share;
      else byTarget.set(key, { to, share });
    }
    leaving.clients += 1;
    this.leaving.set(service, leaving);
    for (const { to, share } of sortedValues(byTarget)) {
      this.shares.push({ from, service, to, share: rounded(share), gateway });
    }
    for (const { reason, share } of [...outcome.unserved].sort((a, b) => byText(a.reason, b.reason))) {
      this.unserved.push({ from, service, reason, share: rounded(share), gateway });
    }
  }

  crossRegion(): { service: string; share: number }[] {
    return [...this.leaving].map(([service, { sum, clients }]) => ({
      service,
      share: rounded(sum / clients),
    }));
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
