import { type Plain, plainAt, plainsAt, stringAt, valueAt } from './plain';

/** The parts of a DestinationRule's traffic policy that decide where requests go. */
export interface TrafficPolicy {
  readonly loadBalancer?: Plain;
  readonly outlierDetection?: Plain;
  /** The TLS mode of the client: `DISABLE`, `SIMPLE`, `MUTUAL`, `ISTIO_MUTUAL`. */
  readonly tlsMode?: string;
}

/**
 * The policy in force for a port and subset: the subset's over the host's, where a setting for the port
 * stands for everything of its level.
 *
 * Source: Istio `pilot/pkg/networking/util/util.go` MergeSubsetTrafficPolicy, GetPortLevelTrafficPolicy;
 * `pilot/pkg/model/destination_rule.go` MergeTrafficPolicy.
 */
export function policyFor(destinationRule: Plain, port: number, subset: string): TrafficPolicy | undefined {
  const subsetSpec = plainsAt(destinationRule, 'subsets').find(entry => entry.name === subset);
  const original = atPort(valueAt(destinationRule, 'trafficPolicy'), port);
  const own = atPort(valueAt(subsetSpec, 'trafficPolicy'), port);
  if (!own) return original?.policy;
  if (!original) return own.policy;
  if (own.isPortLevel) return own.policy;
  return {
    loadBalancer: own.policy.loadBalancer ?? original.policy.loadBalancer,
    outlierDetection: own.policy.outlierDetection ?? original.policy.outlierDetection,
    tlsMode: own.policy.tlsMode ?? original.policy.tlsMode,
  };
}

/**
 * The TLS mode that a rule sets for a port and subset; undefined leaves it to automatic mTLS.
 *
 * Source: Istio `pilot/pkg/xds/endpoints/mtls_checker.go` tlsModeForDestinationRule.
 */
export function tlsModeFor(destinationRule: Plain, port: number, subset: string): string | undefined {
  const own = valueAt(destinationRule, 'trafficPolicy');
  if (subset === '') return tlsModeAt(own, port);
  const spec = plainsAt(destinationRule, 'subsets').find(entry => entry.name === subset);
  if (!spec) return undefined;
  return tlsModeAt(valueAt(spec, 'trafficPolicy'), port) ?? tlsModeAt(own, port);
}

function tlsModeAt(policy: unknown, port: number): string | undefined {
  const settings = plainsAt(policy, 'portLevelSettings').find(
    entry => plainAt(entry, 'port').number === port && valueAt(entry, 'tls') !== undefined,
  );
  return tlsModeOf(settings) ?? tlsModeOf(policy);
}

/** TLS settings without a mode mean DISABLE, the first value of the enumeration. */
function tlsModeOf(policy: unknown): string | undefined {
  return valueAt(policy, 'tls') === undefined ? undefined : (stringAt(policy, 'tls', 'mode') ?? 'DISABLE');
}

function atPort(policy: unknown, port: number): { policy: TrafficPolicy; isPortLevel: boolean } | undefined {
  if (policy === undefined || policy === null) return undefined;
  const settings = plainsAt(policy, 'portLevelSettings').find(
    entry => plainAt(entry, 'port').number === port,
  );
  return { policy: read(settings ?? policy), isPortLevel: settings !== undefined };
}

function read(policy: unknown): TrafficPolicy {
  const part = (field: string) => (valueAt(policy, field) === undefined ? undefined : plainAt(policy, field));
  return {
    loadBalancer: part('loadBalancer'),
    outlierDetection: part('outlierDetection'),
    tlsMode: tlsModeOf(policy),
  };
}
