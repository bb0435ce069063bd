import type { Fleet } from '../fleet/fleet';
import { byText } from '../fleet/plain';
import { CHECKS } from './checks';
import { ignoredBy, NO_RULES, type Rules, severityBy } from './rules';
import { type Check, type Finding, type Place, type RelatedPlace, type Report, SEVERITIES } from './types';
import { FleetView } from './view';

/** What to run and how to judge it. */
export interface AnalyzeOptions {
  /** By default every check of this release. */
  readonly checks?: readonly Check[];
  /** What an `isthmus.yaml` says; by default nothing. */
  readonly rules?: Rules;
}

/**
 * What is wrong with a fleet: the findings of all checks, without those that are ignored with a reason, in an
 * order that depends on nothing but the input. The same finding about an object that several clusters have
 * is one finding with all of these clusters.
 */
export function analyze(fleet: Fleet, options: AnalyzeOptions = {}): Finding[] {
  const view = new FleetView(fleet);
  const rules = options.rules ?? NO_RULES;
  const merged = new Map<string, MergedFinding>();
  for (const check of options.checks ?? CHECKS) {
    for (const report of check.run(view)) {
      if (ignoredBy(report.at, check.code)) continue;
      const severity = severityBy(rules, check, report);
      if (severity === 'off') continue;
      add(merged, check, report, severity);
    }
  }
  return [...merged.values()].map(finish).sort(byPlace);
}

interface MergedFinding {
  readonly finding: Omit<Finding, 'clusters' | 'related'>;
  readonly clusters: Set<string>;
  readonly related: Map<string, RelatedPlace>;
}

function add(
  merged: Map<string, MergedFinding>,
  check: Check,
  report: Report,
  severity: Finding['severity'],
): void {
  const { kind, namespace, name } = report.at.resource;
  const key = JSON.stringify([check.code, kind, namespace, name, report.message, severity]);
  let same = merged.get(key);
  if (!same) {
    const { resource, file, line } = report.at;
    same = {
      finding: {
        code: check.code,
        severity,
        message: report.message,
        why: report.why ?? check.why,
        fix: report.fix ?? check.fix,
        resource,
        file,
        line,
      },
      clusters: new Set(),
      related: new Map(),
    };
    merged.set(key, same);
  } else {
    relate(same, report.at);
  }
  same.clusters.add(report.at.cluster);
  for (const place of report.related ?? []) relate(same, place);
}

function relate(merged: MergedFinding, { cluster, resource, file, line }: Place): void {
  const { finding } = merged;
  if (file === finding.file && line === finding.line && merged.clusters.has(cluster)) {
    if (sameResource(resource, finding.resource)) return;
  }
  merged.related.set(JSON.stringify([cluster, resource, file, line]), { cluster, resource, file, line });
}

function sameResource(a: Finding['resource'], b: Finding['resource']): boolean {
  return a.kind === b.kind && a.namespace === b.namespace && a.name === b.name;
}

function finish({ finding, clusters, related }: MergedFinding): Finding {
  return {
    ...finding,
    clusters: [...clusters].sort(byText),
    related: [...related.values()].sort(
      (a, b) => byText(a.cluster, b.cluster) || byText(a.file, b.file) || a.line - b.line || byResource(a, b),
    ),
  };
}

function byPlace(a: Finding, b: Finding): number {
  return (
    byText(a.clusters[0], b.clusters[0]) ||
    byText(a.file, b.file) ||
    a.line - b.line ||
    byResource(a, b) ||
    SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
    byText(a.code, b.code) ||
    byText(a.message, b.message)
  );
}

function byResource(a: Pick<Finding, 'resource'>, b: Pick<Finding, 'resource'>): number {
  const key = ({ resource: { kind, namespace, name } }: Pick<Finding, 'resource'>) =>
    `${kind} ${namespace}/${name}`;
  return byText(key(a), key(b));
}
