import type { DestinationRuleSpec } from '../../../imports/networking.istio.io';
import { isDnsLabel } from '../../names';
import type { Plain } from '../plain';
import type { Complaint } from '../resource';
import { duplicates } from './lists';

type Spec = Plain<DestinationRuleSpec>;
type Policy = NonNullable<Spec['trafficPolicy']>;
type LoadBalancer = NonNullable<Policy['loadBalancer']>;
type Locality = NonNullable<LoadBalancer['localityLbSetting']>;

/**
 * What Istio would refuse in a DestinationRule.
 *
 * @see https://github.com/istio/istio/blob/release-1.31/pkg/config/validation/validation.go ValidateDestinationRule
 */
export function* destinationRuleComplaints(spec: Spec): Generator<Complaint> {
  const { host, subsets = [], trafficPolicy } = spec;
  if (!host) {
    yield { what: 'host is empty', why: 'Istio refuses it', fix: 'Name the service.' };
  }
  for (const name of duplicates(subsets.map(subset => subset.name))) {
    yield {
      what: `two subsets are called ${JSON.stringify(name)}`,
      why: 'a route could not tell them apart',
      fix: 'Rename one of them.',
    };
  }
  for (const { name } of subsets.filter(subset => !isDnsLabel(subset.name ?? ''))) {
    yield {
      what: `the subset name ${JSON.stringify(name)} is not a DNS-1123 label`,
      why: 'Istio refuses it',
      fix: 'Use lower-case letters, digits and "-", at most 63.',
    };
  }
  yield* policyComplaints('trafficPolicy', trafficPolicy);
  for (const subset of subsets) yield* policyComplaints(`subset ${subset.name}`, subset.trafficPolicy);
}

function* policyComplaints(where: string, policy: Plain<Policy> | undefined): Generator<Complaint> {
  yield* loadBalancerComplaints(where, policy?.loadBalancer);
  for (const port of policy?.portLevelSettings ?? []) {
    yield* loadBalancerComplaints(`${where}, port ${port.port?.number}`, port.loadBalancer);
  }
}

function* loadBalancerComplaints(where: string, lb: Plain<LoadBalancer> | undefined): Generator<Complaint> {
  if (lb?.localityLbSetting && lb.zoneAwareLbSetting) {
    yield {
      what: `${where} has localityLbSetting and zoneAwareLbSetting`,
      why: 'Istio takes only one of them',
      fix: 'Remove one.',
    };
  }
  if (lb?.localityLbSetting) yield* localityComplaints(where, lb.localityLbSetting);
}

/** Labels that `failover` has taken already: it says which region follows which. */
const TOPOLOGY = [
  'topology.kubernetes.io/region',
  'topology.kubernetes.io/zone',
  'topology.istio.io/subzone',
];

/** @see https://github.com/istio/istio/blob/release-1.31/pkg/config/validation/agent/validation.go ValidateLocalityLbSetting */
function* localityComplaints(where: string, setting: Plain<Locality>): Generator<Complaint> {
  const { distribute = [], failover = [], failoverPriority = [] } = setting;
  if (distribute.length > 0 && failover.length > 0) {
    yield {
      what: `${where} has distribute and failover`,
      why: 'Istio refuses the two together: weights leave nothing to fail over to',
      fix: 'Keep one of them.',
    };
  }
  const label = failoverPriority.find(it => TOPOLOGY.includes(it));
  if (failover.length > 0 && label) {
    yield {
      what: `${where} has failover and the label ${label} in failoverPriority`,
      why: 'Istio refuses it: both say in which order regions and zones follow',
      fix: 'Keep one of them.',
    };
  }
  for (const { from, to = {} } of distribute) {
    const weights = Object.values(to);
    const sum = weights.reduce((total, weight) => total + weight, 0);
    if (sum === 100 && weights.every(weight => weight > 0)) continue;
    yield {
      what: `${where} distributes ${from} with weights ${weights.join(' + ')} = ${sum}`,
      why: 'Istio wants weights from 1 to 100 that sum to 100',
      fix: 'Change the weights, and leave out localities that get nothing.',
    };
  }
  for (const { from = '', to = '' } of failover) {
    if (from !== to && !/[/*]/.test(from + to)) continue;
    yield {
      what: `${where} fails over from ${JSON.stringify(from)} to ${JSON.stringify(to)}`,
      why: 'Istio wants two different regions, without zones and wildcards',
      fix: 'Name regions only; within a region it fails over from zone to zone by itself.',
    };
  }
}
