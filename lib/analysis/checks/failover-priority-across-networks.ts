import { LABELS } from '../../fleet/labels';
import { stringsAt } from '../../fleet/plain';
import { localityPolicies } from '../localities';
import type { Check } from '../types';

const OF_GATEWAYS: readonly string[] = [LABELS.network, LABELS.cluster];

/** Whether failover by labels can rank endpoints that are behind a gateway. */
export const failoverPriorityAcrossNetworks: Check = {
  code: 'ISM0304',
  name: 'failover-priority-across-networks',
  severity: 'warning',
  summary: 'failoverPriority across networks ranks by network or cluster first.',
  why: 'A gateway stands for all pods behind it and carries no labels but its network and cluster: by any other label it comes last, even when it is in the same region or zone.',
  fix: 'Begin failoverPriority with topology.istio.io/network or topology.istio.io/cluster, or use failover between regions.',
  *run(view) {
    if (view.networks.length < 2) return;
    for (const { at, plane, rule, scope, setting } of localityPolicies(view)) {
      const [first] = stringsAt(setting, 'failoverPriority').map(entry => entry.split('=')[0]);
      if (first === undefined || OF_GATEWAYS.includes(first)) continue;
      const known = rule && view.resolve(plane, rule.namespace, rule.host);
      if (rule && new Set(view.podsBehind(known?.host ?? '').map(pod => pod.network)).size < 2) continue;
      yield {
        at,
        message: `failoverPriority${scope} ranks by ${first} first, which endpoints behind the gateways of other networks don’t have`,
      };
    }
  },
};
