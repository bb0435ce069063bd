import { styleText } from 'node:util';
import { type Finding, type RelatedPlace, type ResourceRef, SEVERITIES, type Severity } from '../types';
import { groupBy } from '../view';

const COLOURS = { error: 'red', warning: 'yellow', info: 'cyan' } as const;

/** How text is written. */
export interface TextOptions {
  /** Whether to colour it; by default not. */
  readonly colour?: boolean;
}

/** Findings for people: grouped by cluster and file, a summary last. */
export function formatText(findings: readonly Finding[], options: TextOptions = {}): string {
  const paint = (format: Parameters<typeof styleText>[0], text: string) =>
    options.colour ? styleText(format, text, { validateStream: false }) : text;
  const lines: string[] = [];
  const groups = groupBy(findings, finding => [finding.clusters[0], finding.file].filter(Boolean).join('  '));
  for (const [heading, group] of groups) {
    lines.push(paint('bold', heading));
    for (const finding of group) {
      const where = [finding.line > 0 ? `line ${finding.line}` : '', formatResource(finding.resource)];
      const also = finding.clusters.slice(1);
      lines.push(
        `  ${paint(COLOURS[finding.severity], `${finding.severity} ${finding.code}`)}  ${where.filter(Boolean).join('  ')}` +
          (also.length > 0 ? paint('dim', `  (also in ${also.join(', ')})`) : ''),
        `    ${finding.message}`,
        `    ${paint('dim', 'why')}  ${finding.why}`,
        `    ${paint('dim', 'fix')}  ${finding.fix}`,
      );
      for (const place of finding.related) lines.push(`    ${paint('dim', 'see')}  ${formatRelated(place)}`);
    }
    lines.push('');
  }
  lines.push(summary(findings));
  return lines.join('\n') + '\n';
}

/** `2 errors, 1 warning, 0 notes` in words, or that there is nothing. */
export function summary(findings: readonly Finding[]): string {
  if (findings.length === 0) return 'No findings.';
  const count = (severity: Severity) => findings.filter(finding => finding.severity === severity).length;
  const words = { error: 'error', warning: 'warning', info: 'note' };
  const parts = SEVERITIES.map(severity => {
    const number = count(severity);
    return `${number} ${words[severity]}${number === 1 ? '' : 's'}`;
  });
  return `${parts.join(', ')}. Explain a code with: isthmus analyze --explain ${findings[0].code}`;
}

function formatResource({ kind, namespace, name }: ResourceRef): string {
  return `${kind} ${namespace ? `${namespace}/` : ''}${name}`;
}

function formatRelated({ cluster, resource, file, line }: RelatedPlace): string {
  const place = file ? `  ${file}${line > 0 ? `:${line}` : ''}` : '';
  return `${formatResource(resource)} in ${cluster}${place}`;
}
