import { ModelError, type Problem } from '../errors';
import { isDnsLabel } from '../names';

/** Whether a text is a DNS name of at least two labels, in lower case: `istiod.example.com`. */
export function isDnsName(text: string): boolean {
  const labels = text.split('.');
  return text.length <= 253 && labels.length > 1 && labels.every(isDnsLabel) && !/^\d+$/.test(labels.at(-1)!);
}

/** The problem with a name that must be a DNS-1123 label, or none. */
export function dnsLabelProblem(path: string, what: string, name: string, why: string): Problem[] {
  if (isDnsLabel(name)) return [];
  return [
    {
      path,
      what: `${what} '${name}' is not a DNS-1123 label`,
      why,
      fix: 'Use lower case letters, digits and dashes, begin and end with a letter or digit, 63 characters at most.',
    },
  ];
}

/** Throws a {@link ModelError} if there is any problem. */
export function refuse(problems: readonly Problem[]): void {
  if (problems.length > 0) throw new ModelError(problems);
}

/** Compares texts by code unit: the same on every machine, whatever its locale. */
export function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The entries of a record, sorted by key. */
export function sortedEntries<T>(record: Readonly<Record<string, T>>): [string, T][] {
  return Object.entries(record).sort(([a], [b]) => byText(a, b));
}
