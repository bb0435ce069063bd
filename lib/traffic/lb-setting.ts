import { type ControlPlane, flag } from '../fleet/control-plane';
import { LABELS } from '../fleet/labels';
import { type Plain, plainAt, plainsAt, stringAt, stringsAt, valueAt } from '../fleet/plain';
import type { TrafficPolicy } from '../fleet/traffic-policy';
import type { Service } from './model';

/** Traffic that leaves a region goes to another one first. */
export interface RegionFailover {
  readonly from: string;
  readonly to: string;
}

/** Shares of traffic from one locality, by the localities it is meant for. */
export interface Distribution {
  readonly from: string;
  readonly to: Readonly<Record<string, number>>;
}

/** What decides priorities and weights by locality (LBSettings). */
export type LbSetting =
  | {
      readonly kind: 'locality';
      readonly distribute?: readonly Distribution[];
      readonly failover?: readonly RegionFailover[];
      readonly failoverPriority?: readonly string[];
      /** Failover without outlier detection, as trafficDistribution asks for. */
      readonly isForced: boolean;
    }
  | {
      readonly kind: 'zone-aware';
      readonly isEnabled: boolean;
      readonly failover: readonly RegionFailover[];
      readonly failoverPriority: readonly string[];
    };

/**
 * The setting in force: the DestinationRule's, else the service's trafficDistribution, else the mesh's; of one
 * level's two, zone-aware counts. Undefined where it is switched off.
 *
 * Source: Istio `pilot/pkg/networking/core/loadbalancer/loadbalancer.go` GetEffectiveLbSetting (1.31);
 * zoneAwareLbSetting is ignored before 1.31.
 */
export function effectiveLbSetting(
  plane: ControlPlane,
  policy: TrafficPolicy | undefined,
  service: Service,
): LbSetting | undefined {
  const knowsZoneAware = plane.version === '1.31';
  const rule = policy?.loadBalancer;
  if (knowsZoneAware && isSet(rule, 'zoneAwareLbSetting'))
    return zoneAware(plainAt(rule, 'zoneAwareLbSetting'));
  if (isSet(rule, 'localityLbSetting')) return locality(plainAt(rule, 'localityLbSetting'));
  if (service.trafficDistribution !== 'any') {
    const sameNode = service.trafficDistribution === 'same-node' ? [LABELS.subzone, LABELS.hostname] : [];
    return {
      kind: 'locality',
      failoverPriority: [LABELS.network, LABELS.region, LABELS.zone, ...sameNode],
      isForced: true,
    };
  }
  if (knowsZoneAware && isSet(plane.meshConfig, 'zoneAwareLbSetting')) {
    return zoneAware(plainAt(plane.meshConfig, 'zoneAwareLbSetting'));
  }
  return locality(plainAt(plane.meshConfig, 'localityLbSetting'));
}

/**
 * Whether Envoy picks a locality by weight before it picks a host (LocalityWeightedLbConfig). Without it all
 * hosts of a priority are one pool.
 *
 * Source: Istio `loadbalancer.go` LocalityLBSettings.ApplyToCluster.
 */
export function isLocalityWeighted(
  plane: ControlPlane,
  setting: LbSetting | undefined,
  hasOutlierDetection: boolean,
): boolean {
  if (setting?.kind === 'zone-aware') return false;
  if (flag(plane, 'ENABLE_LOCALITY_WEIGHTED_LB_CONFIG', false)) return true;
  if (!setting) return false;
  const canFailOver = setting.isForced || hasOutlierDetection;
  const isExplicit = setting.failover !== undefined || setting.failoverPriority !== undefined;
  return (canFailOver && isExplicit) || setting.distribute !== undefined;
}

function isSet(source: unknown, field: string): boolean {
  const value = valueAt(source, field);
  return value !== undefined && value !== null;
}

/** An empty list is as none: protobuf can't tell them apart. */
function nonEmpty<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length > 0 ? list : undefined;
}

function locality(source: Plain): LbSetting | undefined {
  if (source.enabled === false) return undefined;
  return {
    kind: 'locality',
    distribute: nonEmpty(plainsAt(source, 'distribute').map(readDistribution)),
    failover: nonEmpty(plainsAt(source, 'failover').map(readFailover)),
    failoverPriority: nonEmpty(stringsAt(source, 'failoverPriority')),
    isForced: false,
  };
}

function zoneAware(source: Plain): LbSetting {
  return {
    kind: 'zone-aware',
    isEnabled: source.enabled !== false,
    failover: plainsAt(source, 'failover').map(readFailover),
    failoverPriority: stringsAt(source, 'failoverPriority'),
  };
}

function readFailover(source: Plain): RegionFailover {
  return { from: stringAt(source, 'from') ?? '', to: stringAt(source, 'to') ?? '' };
}

function readDistribution(source: Plain): Distribution {
  const to: Record<string, number> = {};
  for (const [pattern, weight] of Object.entries(plainAt(source, 'to'))) {
    if (typeof weight === 'number') to[pattern] = weight;
  }
  return { from: stringAt(source, 'from') ?? '', to };
}
