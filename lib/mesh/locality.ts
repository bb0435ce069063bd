import type { Problem } from '../errors';

/** When a host is taken out of the load balancing of a client. */
export interface OutlierDetection {
  /**
   * Answers with 5xx (gateway errors and connection failures among them) in a row before a host is ejected.
   *
   * @default 5
   */
  readonly consecutive5xxErrors?: number;
  /**
   * Time between two sweeps, as a duration.
   *
   * @default '10s'
   */
  readonly interval?: string;
  /**
   * The shortest time that a host stays ejected, as a duration; multiplied by how often it was ejected.
   *
   * @default '30s'
   */
  readonly baseEjectionTime?: string;
}

/** Istio's own default: hosts of all localities alike, by weight. */
export interface Spread {
  readonly mode: 'spread';
}

/** Nearest healthy locality first; the next one takes over in the measure in which hosts fall out. */
export interface Failover {
  readonly mode: 'failover';
  /**
   * Where a region's requests go when it can't serve them itself.
   *
   * @default - any other region
   */
  readonly regions?: readonly { readonly from: string; readonly to: string }[];
  /** Ejection of failing hosts; without it a locality would only be left when its pods are unready. */
  readonly outlierDetection?: OutlierDetection;
}

/** Fixed shares of each client locality's requests. */
export interface Distribute {
  readonly mode: 'distribute';
  /**
   * For clients in `from` (`region/zone/subzone`, `*` at the end matches any), the percentage that each
   * locality gets. The percentages of one entry add up to 100.
   */
  readonly shares: readonly { readonly from: string; readonly to: Readonly<Record<string, number>> }[];
}

/** The client's own zone, then its region, then the rest, by readiness alone: Kubernetes' `trafficDistribution`. */
export interface PreferZone {
  readonly mode: 'prefer-zone';
}

/**
 * How a service's requests choose between localities: one closed choice, so that a setting that has no
 * effect can't be written. Istio's `localityLbSetting` without outlier detection is such a setting, and so
 * is outlier detection that may eject ten per cent of fewer than ten hosts.
 *
 * @see https://istio.io/latest/docs/reference/config/networking/destination-rule/#LocalityLoadBalancerSetting
 */
export type LocalityPolicy = Spread | Failover | Distribute | PreferZone;

/** The `trafficPolicy` of a DestinationRule for a policy, or nothing if the Service or the default says it all. */
export function localityTrafficPolicy(policy: LocalityPolicy): Record<string, unknown> | undefined {
  switch (policy.mode) {
    case 'failover': {
      const outlier = policy.outlierDetection ?? {};
      return {
        loadBalancer: {
          localityLbSetting: {
            enabled: true,
            ...(policy.regions ? { failover: policy.regions.map(({ from, to }) => ({ from, to })) } : {}),
          },
        },
        // All hosts of a locality must be able to go, or the next one never takes over (Envoy counts the
        // ejected over all localities: source/common/upstream/outlier_detection_impl.cc).
        outlierDetection: {
          consecutive5xxErrors: outlier.consecutive5xxErrors ?? 5,
          interval: outlier.interval ?? '10s',
          baseEjectionTime: outlier.baseEjectionTime ?? '30s',
          maxEjectionPercent: 100,
        },
      };
    }
    case 'distribute':
      return {
        loadBalancer: {
          localityLbSetting: {
            enabled: true,
            distribute: policy.shares.map(({ from, to }) => ({ from, to: { ...to } })),
          },
        },
      };
    case 'spread':
    case 'prefer-zone':
      return undefined;
  }
}

/** What `spec.trafficDistribution` of the Service says for a policy. */
export function trafficDistribution(policy: LocalityPolicy): string | undefined {
  // PreferClose is what every supported Kubernetes knows; Istio treats it as PreferSameZone.
  return policy.mode === 'prefer-zone' ? 'PreferClose' : undefined;
}

/**
 * What is wrong with a policy.
 *
 * Follows Istio's `validateLocalityLbSetting` (pkg/config/validation/validation.go).
 */
export function localityProblems(path: string, policy: LocalityPolicy): Problem[] {
  switch (policy.mode) {
    case 'failover':
      return failoverProblems(path, policy);
    case 'distribute':
      return policy.shares.flatMap(share => distributeProblems(path, share));
    case 'spread':
    case 'prefer-zone':
      return [];
    default: // of a program that isn't type-checked
      return [
        {
          path,
          what: `its locality policy has the mode '${(policy as { mode?: unknown }).mode}'`,
          why: 'no such policy exists',
          fix: "Use 'spread', 'failover', 'distribute' or 'prefer-zone'.",
        },
      ];
  }
}

function failoverProblems(path: string, policy: Failover): Problem[] {
  const problems: Problem[] = [];
  const seen = new Set<string>();
  for (const { from, to } of policy.regions ?? []) {
    for (const region of [from, to]) {
      if (region === '' || /[/*]/.test(region)) {
        problems.push({
          path,
          what: `locality failover names '${region}'`,
          why: 'Istio takes plain regions there, without zones or wildcards',
          fix: "Name a region such as 'europe-west3'.",
        });
      }
    }
    if (from === to) {
      problems.push({
        path,
        what: `locality failover goes from '${from}' to itself`,
        why: "Istio refuses it: a region's own localities come first anyway",
        fix: 'Name another region, or leave the entry out.',
      });
    }
    if (seen.has(from)) {
      problems.push({
        path,
        what: `locality failover from '${from}' is given twice`,
        why: 'only the first entry would count',
        fix: 'Keep one.',
      });
    }
    seen.add(from);
  }
  return problems;
}

function distributeProblems(path: string, share: Distribute['shares'][number]): Problem[] {
  const weights = Object.entries(share.to);
  const problems: Problem[] = [];
  for (const [to, weight] of weights) {
    if (!Number.isInteger(weight) || weight < 1 || weight > 100) {
      problems.push({
        path,
        what: `from '${share.from}' the share of '${to}' is ${weight}`,
        why: 'Istio takes whole percentages from 1 to 100',
        fix: 'Leave a locality out to give it nothing.',
      });
    }
  }
  const total = weights.reduce((sum, [, weight]) => sum + weight, 0);
  if (total !== 100) {
    problems.push({
      path,
      what: `from '${share.from}' the shares add up to ${total}`,
      why: 'Istio refuses a sum other than 100',
      fix: 'Make them add up to 100.',
    });
  }
  for (const locality of [share.from, ...Object.keys(share.to)]) {
    if (!/^(\*|[^/*]+(\/(\*|[^/*]+(\/(\*|[^/*]+))?))?)$/.test(locality)) {
      problems.push({
        path,
        what: `'${locality}' is not a locality`,
        why: "Istio reads region/zone/subzone, with '*' only at the end",
        fix: "Write 'europe-west3/*' or 'europe-west3/europe-west3-a'.",
      });
    }
  }
  return problems;
}
