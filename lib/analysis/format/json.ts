import type { Finding } from '../types';

/** Findings for machines; the form is a contract: fields are added, never changed. */
export function formatJson(findings: readonly Finding[]): string {
  const ordered = findings.map(finding => ({
    code: finding.code,
    severity: finding.severity,
    message: finding.message,
    why: finding.why,
    fix: finding.fix,
    clusters: finding.clusters,
    resource: finding.resource,
    file: finding.file,
    line: finding.line,
    related: finding.related,
  }));
  return JSON.stringify({ findings: ordered }, null, 2) + '\n';
}
