import { byText } from '../fleet/plain';
import type { ServiceClients } from './alike';
import type { AskedService } from './asked';
import type { ClientZone } from './clients';
import type { Entered } from './entries';
import type { Flow } from './flows';
import {
  type Ends,
  type EndsOf,
  type OfGateway,
  rounded,
  type Share,
  sortedValues,
  type Target,
  targetOf,
  type Unserved,
} from './rows';
import { type Condition, formatFailure, type Scenario } from './scenario';
import type { World } from './world';

/** What ingress gateways send: apart from the shares of the mesh's own clients. */
export interface IngressResult {
  readonly shares: readonly (Share & OfGateway)[];
  readonly unserved: readonly (Unserved & OfGateway)[];
}

/** What arrives at services behind services, in requests per request at the ingress gateways. */
export interface FlowResult {
  readonly served: readonly { readonly service: string; readonly to: Target; readonly requests: number }[];
  readonly unserved: readonly {
    readonly service: string;
    readonly reason: string;
    readonly requests: number;
  }[];
}

/** What clients of one service that are answered alike get; of an ingress gateway, its places. */
export interface GroupResult {
  /** `namespace/name`. */
  readonly service: string;
  /** `namespace/name` of the Gateway; undefined for workloads of the mesh. */
  readonly gateway?: string;
  readonly places: readonly ClientZone[];
  readonly ends: Ends;
}

/** The answer for one scenario. */
export interface ScenarioRows {
  /** What fails, as `kind=name`; empty for the healthy state. */
  readonly failed: readonly string[];
  readonly mode: Scenario['mode'];
  readonly shares: readonly Share[];
  readonly unserved: readonly Unserved[];
  readonly ingress: IngressResult;
  /** Along the call graph; empty where no ingress gateway leads into it. */
  readonly flows: FlowResult;
  /** Per service, the mean over its clients of what leaves their region. */
  readonly crossRegion: readonly { readonly service: string; readonly share: number }[];
}

/** The same with clients that are alike together. Rows are made when they are asked for: there can be millions. */
export interface ScenarioResult extends ScenarioRows {
  readonly groups: readonly GroupResult[];
}

/** The rows of a scenario as plain data. */
export function rowsOf(result: ScenarioResult): ScenarioRows {
  const { failed, mode, shares, unserved, ingress, flows, crossRegion } = result;
  return { failed, mode, shares, unserved, ingress, flows, crossRegion };
}

/** Makes the rows of a scenario from groups of alike clients. */
export class ScenarioAnswer implements ScenarioResult {
  readonly failed: readonly string[];
  readonly mode: Scenario['mode'];

  constructor(
    private readonly world: World,
    scenario: Scenario,
    private readonly condition: Condition,
    private readonly services: readonly ServiceClients[],
    private readonly entered: readonly Entered[],
    private readonly followed: readonly Flow<AskedService>[],
    private readonly endsOf: EndsOf,
  ) {
    this.failed = scenario.failures.map(formatFailure);
    this.mode = scenario.mode;
  }

  get groups(): GroupResult[] {
    const ofIngress = this.entered.map(({ client, target, outcome }) => {
      const { cluster, zone, gateway } = client;
      const places = [{ cluster, zone }];
      return { service: target.label, gateway, places, ends: this.endsOf.of(outcome) };
    });
    return [...this.ofMesh(), ...ofIngress];
  }

  private ofMesh(): GroupResult[] {
    return this.services.flatMap(({ target, groups }) =>
      groups.map(({ places, outcome }) => ({
        service: target.label,
        places: places.every(place => this.isUp(place)) ? places : places.filter(place => this.isUp(place)),
        ends: this.endsOf.of(outcome),
      })),
    );
  }

  get shares(): Share[] {
    return this.perClient(({ service, ends }, from) =>
      ends.served.map(({ to, share }) => ({ from, service, to, share })),
    );
  }

  get unserved(): Unserved[] {
    return this.perClient(({ service, ends }, from) =>
      ends.unserved.map(({ reason, share }) => ({ from, service, reason, share })),
    );
  }

  get ingress(): IngressResult {
    const rows = this.entered.map(({ client, target, outcome }) => {
      const { cluster, zone, gateway } = client;
      return { from: { cluster, zone }, service: target.label, gateway, ends: this.endsOf.of(outcome) };
    });
    return {
      shares: rows.flatMap(({ ends, from, service, gateway }) =>
        ends.served.map(({ to, share }) => ({ from, service, to, share, gateway })),
      ),
      unserved: rows.flatMap(({ ends, from, service, gateway }) =>
        ends.unserved.map(({ reason, share }) => ({ from, service, reason, share, gateway })),
      ),
    };
  }

  get flows(): FlowResult {
    return flowRows(this.followed);
  }

  get crossRegion(): { service: string; share: number }[] {
    return this.services.flatMap(({ target, groups }) => {
      let clients = 0;
      let leaving = 0;
      for (const { places, outcome } of groups) {
        const byRegion = new Map<string, number>();
        for (const { cluster } of places.filter(place => this.isUp(place))) {
          const { region } = this.world.fleet.cluster(cluster);
          byRegion.set(region, (byRegion.get(region) ?? 0) + 1);
          clients += 1;
        }
        for (const [region, count] of byRegion) {
          for (const { endpoint, share } of outcome.served)
            if (endpoint.locality.region !== region) leaving += share * count;
        }
      }
      return clients === 0 ? [] : [{ service: target.label, share: rounded(leaving / clients) }];
    });
  }

  /** Rows by service, then by client. */
  private perClient<R>(rowsOf: (group: GroupResult, from: ClientZone) => R[]): R[] {
    const rows: { service: string; from: ClientZone; rows: R[] }[] = [];
    for (const group of this.ofMesh()) {
      for (const { cluster, zone } of group.places) {
        const from = { cluster, zone };
        rows.push({ service: group.service, from, rows: rowsOf(group, from) });
      }
    }
    const order = new Map(this.services.map(({ target }, i) => [target.label, i]));
    rows.sort(
      (a, b) =>
        order.get(a.service)! - order.get(b.service)! ||
        byText(a.from.cluster, b.from.cluster) ||
        byText(a.from.zone, b.from.zone),
    );
    return rows.flatMap(entry => entry.rows);
  }

  private isUp({ cluster, zone }: ClientZone): boolean {
    return !this.condition.isPlaceDown(cluster, zone);
  }
}

/** Flows by service and target, and by service and reason. */
function flowRows(flows: readonly Flow<AskedService>[]): FlowResult {
  const served = new Map<string, { service: string; to: Target; requests: number }>();
  const unserved = new Map<string, { service: string; reason: string; requests: number }>();
  for (const { target, outcome } of flows) {
    for (const { endpoint, share } of outcome.served) {
      const to = targetOf(endpoint);
      const key = [target.label, to.cluster, to.zone, to.version].join(' ');
      const known = served.get(key);
      served.set(key, { service: target.label, to, requests: (known?.requests ?? 0) + share });
    }
    for (const { reason, share } of outcome.unserved) {
      const key = `${target.label} ${reason}`;
      const known = unserved.get(key);
      unserved.set(key, { service: target.label, reason, requests: (known?.requests ?? 0) + share });
    }
  }
  const round = <R extends { requests: number }>(row: R): R => ({ ...row, requests: rounded(row.requests) });
  return { served: sortedValues(served).map(round), unserved: sortedValues(unserved).map(round) };
}
