import { containsLabels } from '../fleet/labels';
import { labelsAt, numberAt, type Plain, plainAt, plainsAt, stringAt, stringsAt } from '../fleet/plain';
import type { ClientProxy } from './model';

/** Whether a match holds for every request of a client, for none, or depends on the request. */
export type Verdict = 'always' | 'never' | 'depends';

/** Parts of an HTTP match that only a request can decide. */
const OF_THE_REQUEST = ['uri', 'scheme', 'method', 'authority', 'headers', 'queryParams', 'withoutHeaders'];

/**
 * Whether the matches of a VirtualService's route hold for a client: what is about the client and the port is
 * decided, what is about the request is not.
 *
 * Source: Istio `pilot/pkg/networking/core/route/route.go` (sourceMatchHTTP, TranslateRouteMatch).
 *
 * @param gateways names of the gateways the client is, or `mesh`.
 */
export function virtualServiceVerdict(
  route: Plain,
  proxy: ClientProxy,
  port: number | undefined,
  gateways: readonly string[],
): Verdict {
  const matches = plainsAt(route, 'match');
  if (matches.length === 0) return 'always';
  return best(matches.map(match => matchVerdict(match, proxy, port, gateways)));
}

/**
 * Whether the matches of a rule of the Gateway API hold: none, or a path prefix of `/` alone, always does.
 *
 * Source: Gateway API HTTPRouteRule.matches.
 */
export function httpRouteVerdict(rule: Plain): Verdict {
  const matches = plainsAt(rule, 'matches');
  if (matches.length === 0) return 'always';
  return best(
    matches.map(match => {
      const others = ['headers', 'queryParams', 'method'].some(field => match[field] !== undefined);
      if (others) return 'depends';
      const path = plainAt(match, 'path');
      const isPrefix = (stringAt(path, 'type') ?? 'PathPrefix') === 'PathPrefix';
      return isPrefix && (stringAt(path, 'value') ?? '/') === '/' ? 'always' : 'depends';
    }),
  );
}

/** The match in a few words, for people: `headers end-user, uri /api`. */
export function describeMatch(match: Plain): string {
  const parts = Object.entries(match).map(([field, value]) => {
    if (typeof value !== 'object' || value === null) return `${field} ${String(value)}`;
    if (field === 'uri' || field === 'path')
      return `${field} ${Object.values(value as Plain)
        .map(String)
        .join(' ')}`;
    return `${field} ${Object.keys(value as Plain).join(', ')}`;
  });
  return parts.join(' and ');
}

function matchVerdict(
  match: Plain,
  proxy: ClientProxy,
  port: number | undefined,
  gateways: readonly string[],
): Verdict {
  const ports = numberAt(match, 'port');
  if (ports !== undefined && port !== undefined && ports !== port) return 'never';
  if (!containsLabels(labelsAt(match, 'sourceLabels'), proxy.labels)) return 'never';
  const namespace = stringAt(match, 'sourceNamespace');
  if (namespace && namespace !== proxy.namespace) return 'never';
  const named = stringsAt(match, 'gateways');
  if (named.length > 0 && !named.some(name => gateways.includes(name))) return 'never';
  const dependent = OF_THE_REQUEST.filter(field => match[field] !== undefined);
  const isAnyPath = dependent.length === 1 && stringAt(match, 'uri', 'prefix') === '/';
  return dependent.length === 0 || isAnyPath ? 'always' : 'depends';
}

/** One match that always holds is enough; else one that may. */
function best(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('always')) return 'always';
  return verdicts.includes('depends') ? 'depends' : 'never';
}
