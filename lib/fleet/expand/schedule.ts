import { LABELS, selectorMatches } from '../labels';
import { labelsAt, type Plain, plainsAt } from '../plain';
import type { FleetNode } from './nodes';
import type { Workload } from './workloads';

/** Node labels that are known of assumed nodes; constraints on other labels are taken as met. */
const KNOWN_LABELS: readonly string[] = [LABELS.zone, LABELS.region, LABELS.hostname];

/** Pods so far, by which the next one is placed. */
export interface NodeLoad {
  readonly pods: Map<string, number>;
}

/**
 * The node of each pod of a workload: as even over zones as can be, then over the nodes of a zone; where that
 * leaves a choice, the zone and the node with the fewest pods so far, then the first by name. Node selectors
 * and required node affinity are kept.
 *
 * This is what kube-scheduler tends to with its default spreading over zones and an even load. What it would
 * do with actual requests, limits, taints and pod affinity is left out.
 */
export function placePods(workload: Workload, nodes: readonly FleetNode[], load: NodeLoad): FleetNode[] {
  const allowed = nodes.filter(node => isAllowed(workload.template, node));
  if (workload.replicas === undefined) {
    for (const node of allowed) count(load.pods, node.name);
    return allowed;
  }
  if (allowed.length === 0) return [];
  const ownByZone = new Map<string, number>();
  const ownByNode = new Map<string, number>();
  const zoneOf = (node: FleetNode) => node.labels[LABELS.zone] ?? '';
  const zones = [...new Set(allowed.map(zoneOf))].sort();
  const placed: FleetNode[] = [];
  for (let i = 0; i < workload.replicas; i++) {
    const zone = least(zones, [
      z => ownByZone.get(z) ?? 0,
      z => allowed.filter(n => zoneOf(n) === z).reduce((sum, n) => sum + (load.pods.get(n.name) ?? 0), 0),
    ]);
    const node = least(
      allowed.filter(candidate => zoneOf(candidate) === zone),
      [n => ownByNode.get(n.name) ?? 0, n => load.pods.get(n.name) ?? 0],
    );
    count(ownByZone, zone);
    count(ownByNode, node.name);
    count(load.pods, node.name);
    placed.push(node);
  }
  return placed;
}

function isAllowed(template: Plain, node: FleetNode): boolean {
  const knows = (label: string) => !node.isAssumed || KNOWN_LABELS.includes(label);
  const selector = labelsAt(template, 'spec', 'nodeSelector');
  if (Object.keys(selector).some(key => knows(key) && node.labels[key] !== selector[key])) return false;
  const terms = plainsAt(
    template,
    'spec',
    'affinity',
    'nodeAffinity',
    'requiredDuringSchedulingIgnoredDuringExecution',
    'nodeSelectorTerms',
  );
  if (terms.length === 0) return true;
  return terms.some(term => {
    const matchExpressions = plainsAt(term, 'matchExpressions').filter(expression =>
      knows(String(expression.key)),
    );
    return selectorMatches({ matchExpressions }, node.labels);
  });
}

function least<T>(candidates: readonly T[], measures: readonly ((candidate: T) => number)[]): T {
  return candidates.reduce((best, candidate) => {
    for (const measure of measures) {
      const difference = measure(candidate) - measure(best);
      if (difference !== 0) return difference < 0 ? candidate : best;
    }
    return best;
  });
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
