import type { ControlPlane } from '../fleet/control-plane';
import { numberAt, type Plain, plainAt, plainsAt, stringAt, valueAt } from '../fleet/plain';
import { policyFor } from '../fleet/traffic-policy';
import type { FleetCluster } from '../fleet/types';
import { KIND } from './kinds';
import { at, atCluster, atRelease, type Place } from './types';
import type { FleetView } from './view';

/** A traffic policy with what decides about locality, and where it is in force. */
export interface LocalityPolicy {
  readonly at: Place;
  readonly plane: ControlPlane;
  /** Undefined for the mesh's default. */
  readonly rule?: { readonly spec: Plain; readonly namespace: string; readonly host: string };
  /** ` of subset "v1"`, ` on port 80` or nothing: for messages. */
  readonly scope: string;
  readonly subset: string;
  readonly setting?: Plain;
  readonly outlierDetection?: Plain;
}

/** The policies of all DestinationRules, per subset and port that has one of its own, and each mesh's default. */
export function* localityPolicies(view: FleetView): Iterable<LocalityPolicy> {
  for (const { plane, object, spec, namespace } of view.configs(KIND.destinationRule)) {
    const rule = { spec, namespace, host: stringAt(spec, 'host') ?? '' };
    const known = new Set<string>();
    for (const subset of [undefined, ...plainsAt(spec, 'subsets')]) {
      if (subset && valueAt(subset, 'trafficPolicy') === undefined) continue;
      const name = subset ? (stringAt(subset, 'name') ?? '') : '';
      const own = plainAt(subset ?? spec, 'trafficPolicy');
      const ports = plainsAt(own, 'portLevelSettings').map(entry => numberAt(entry, 'port', 'number') ?? 0);
      for (const port of [0, ...ports]) {
        const policy = policyFor(spec, port, name);
        if (!policy) continue;
        const setting = valueAt(policy.loadBalancer, 'localityLbSetting');
        const key = JSON.stringify([setting, policy.outlierDetection]);
        if (known.has(key)) continue;
        known.add(key);
        yield {
          at: at(object),
          plane,
          rule,
          scope: (name ? ` of subset "${name}"` : '') + (port ? ` on port ${port}` : ''),
          subset: name,
          setting: setting === undefined ? undefined : plainAt(policy.loadBalancer, 'localityLbSetting'),
          outlierDetection: policy.outlierDetection,
        };
      }
    }
  }
  for (const plane of view.planes) {
    const release = view.installation(plane.cluster);
    yield {
      at: release ? atRelease(release) : atCluster(plane.cluster),
      plane,
      scope: ' of the mesh',
      subset: '',
      setting: plainAt(plane.meshConfig, 'localityLbSetting'),
    };
  }
}

/** Whether a pattern `region/zone/subzone`, each of which may be `*`, can mean a place of a cluster. */
export function localityFits(pattern: string, { region, zones }: FleetCluster): boolean {
  const [wantedRegion = '*', wantedZone = '*'] = pattern.split('/');
  if (wantedRegion !== '*' && wantedRegion !== region) return false;
  return wantedZone === '*' || wantedZone === '' || zones.length === 0 || zones.includes(wantedZone);
}
