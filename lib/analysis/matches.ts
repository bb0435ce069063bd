import { isPlain, type Plain, plainAt, plainsAt, stringAt } from '../fleet/plain';

/** A rule, or one of its matches, that can never be the one that is used. */
export interface DeadMatch {
  /** `http[2]` or `http[2].match[0]`. */
  readonly path: string;
  readonly reason: string;
  /** Whether the whole rule is never used, not only one of its matches. */
  readonly isWholeRule: boolean;
}

/**
 * Rules of a VirtualService that an earlier one makes unreachable.
 *
 * Source: Istio `pkg/config/validation/validation.go` analyzeUnreachableHTTPRules, -TCPRules, -TLSRules. A
 * prefix covers a later one when its other conditions are all among the later one's.
 */
export function* deadMatches(spec: Plain): Iterable<DeadMatch> {
  for (const protocol of ['http', 'tcp', 'tls']) {
    const seen = new Map<string, string>();
    const prefixes: { path: string; prefix: string; match: Plain }[] = [];
    let catchAll: string | undefined;
    for (const [i, rule] of plainsAt(spec, protocol).entries()) {
      const rulePath = `${protocol}[${i}]`;
      if (catchAll !== undefined) {
        yield {
          path: rulePath,
          reason: `${catchAll} has no match, so it takes everything`,
          isWholeRule: true,
        };
        continue;
      }
      const matches = plainsAt(rule, 'match');
      if (matches.length === 0) {
        catchAll = rulePath;
        continue;
      }
      const dead: DeadMatch[] = [];
      for (const [j, match] of matches.entries()) {
        const path = `${rulePath}.match[${j}]`;
        const key = keyOf(match);
        const same = seen.get(key);
        const cover = same === undefined ? prefixes.find(earlier => covers(earlier, match)) : undefined;
        if (same !== undefined) dead.push({ path, reason: `${same} is the same`, isWholeRule: false });
        else if (cover)
          dead.push({
            path,
            reason: `${cover.path} takes everything under ${cover.prefix}`,
            isWholeRule: false,
          });
        if (same === undefined) seen.set(key, path);
        const prefix = stringAt(match, 'uri', 'prefix');
        if (prefix !== undefined) prefixes.push({ path, prefix, match });
      }
      if (dead.length === matches.length) {
        yield { path: rulePath, reason: dead.map(({ reason }) => reason).join('; '), isWholeRule: true };
      } else yield* dead;
    }
  }
}

function covers(earlier: { prefix: string; match: Plain }, later: Plain): boolean {
  const uri = plainAt(later, 'uri');
  const text = stringAt(uri, 'prefix') ?? stringAt(uri, 'exact');
  if (text === undefined || !text.startsWith(earlier.prefix)) return false;
  if (later.ignoreUriCase === true && earlier.match.ignoreUriCase !== true) return false;
  return Object.entries(earlier.match).every(
    ([field, value]) => field === 'uri' || field === 'name' || keyOf(value) === keyOf(later[field]),
  );
}

/** A text that is the same for equal values; the name of a match has no meaning. */
function keyOf(value: unknown): string {
  if (!isPlain(value)) return JSON.stringify(value) ?? '';
  const { name: _, ...rest } = value;
  return JSON.stringify(rest, (__, inner: unknown) =>
    isPlain(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
  );
}
