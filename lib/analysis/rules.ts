import { InputError } from '../fleet/errors';
import { isPlain, listAt, type Plain, stringAt } from '../fleet/plain';
import { type Check, type Place, type Report, SEVERITIES, type Severity } from './types';

/** Annotation of an object that silences findings about it: `ISM0101=reason; ISM0302=reason`. */
export const IGNORE_ANNOTATION = 'isthmus.dev/ignore';

/** What `isthmus.yaml` says about one code. */
export interface Rule {
  readonly code: string;
  readonly severity: Severity | 'off';
  readonly reason: string;
  /** Only there; everywhere when empty. */
  readonly clusters: readonly string[];
  /** Only there; everywhere when empty. */
  readonly namespaces: readonly string[];
}

/** What `isthmus.yaml` says, by code. */
export type Rules = ReadonlyMap<string, readonly Rule[]>;

/** Every check as it is. */
export const NO_RULES: Rules = new Map();

/** An entry of the annotation. */
export interface IgnoreEntry {
  readonly code: string;
  readonly reason: string;
}

/**
 * Reads the annotation: entries `CODE=reason`, separated by semicolons or lines. The reason reaches to the
 * next semicolon and may hold anything else.
 */
export function ignoreEntries(value: string): IgnoreEntry[] {
  return value
    .split(/[;\n]/)
    .map(entry => entry.trim())
    .filter(entry => entry !== '')
    .map(entry => {
      const equals = entry.indexOf('=');
      return equals < 0
        ? { code: entry, reason: '' }
        : { code: entry.slice(0, equals).trim(), reason: entry.slice(equals + 1).trim() };
    });
}

/** Whether the object's annotation silences a code; an entry without a reason doesn't. */
export function ignoredBy(place: Place, code: string): boolean {
  const value = place.object?.manifest.metadata.annotations?.[IGNORE_ANNOTATION];
  if (typeof value !== 'string') return false;
  return ignoreEntries(value).some(entry => entry.code === code && entry.reason !== '');
}

/** The severity of a report: the first rule of `isthmus.yaml` that fits, else the report's, else the check's. */
export function severityBy(rules: Rules, check: Check, report: Report): Severity | 'off' {
  const { cluster, resource } = report.at;
  const rule = rules
    .get(check.code)
    ?.find(
      ({ clusters, namespaces }) =>
        (clusters.length === 0 || clusters.includes(cluster)) &&
        (namespaces.length === 0 || namespaces.includes(resource.namespace)),
    );
  return rule?.severity ?? report.severity ?? check.severity;
}

/**
 * Reads `analysis.rules` of an `isthmus.yaml`: a list of `code`, `severity` (`error`, `warning`, `info`,
 * `off`), `reason`, and optionally `clusters` and `namespaces` to which it is limited. The first one that fits
 * counts.
 *
 * @param codes the codes there are.
 * @throws InputError naming the file, the entry and what is wrong with it.
 */
export function readRules(file: string, source: Plain, codes: ReadonlySet<string>): Rules {
  const rules = new Map<string, Rule[]>();
  for (const [i, entry] of listAt(source, 'analysis', 'rules').entries()) {
    const path = `analysis.rules[${i}]`;
    const fail = (what: string, fix: string) => new InputError(`${path} ${what}`, fix, { file });
    const code = stringAt(entry, 'code') ?? '';
    if (!codes.has(code))
      throw fail(`has the code "${code}", which no check has`, 'See docs/checks for the codes.');
    const severity = [...SEVERITIES, 'off' as const].find(known => known === stringAt(entry, 'severity'));
    if (!severity) throw fail('has no known severity', `Write one of ${SEVERITIES.join(', ')}, off.`);
    const reason = stringAt(entry, 'reason')?.trim();
    if (!reason) throw fail('has no reason', 'Say why the rule is changed: whoever reads it next will ask.');
    const names = (field: string): string[] => {
      const value = isPlain(entry) ? entry[field] : undefined;
      if (value === undefined) return [];
      if (!Array.isArray(value) || value.some(name => typeof name !== 'string')) {
        throw fail(`has ${field} that are not a list of names`, 'Write a list of texts.');
      }
      return value;
    };
    const rule = { code, severity, reason, clusters: names('clusters'), namespaces: names('namespaces') };
    rules.set(code, [...(rules.get(code) ?? []), rule]);
  }
  return rules;
}
