/** Kubernetes' default cluster domain. */
export const DEFAULT_DOMAIN = 'cluster.local';

/** Host name of a Kubernetes Service: `reviews.bookinfo.svc.cluster.local`. */
export function serviceHost(name: string, namespace: string, domain = DEFAULT_DOMAIN): string {
  return `${name}.${namespace}.svc.${domain}`;
}

/**
 * What Istio makes of a host in a rule: a name without a dot is completed with the rule's namespace, anything
 * else is taken as it is (`reviews.bookinfo` stays so, and matches nothing).
 *
 * Source: Istio `pilot/pkg/model/virtualservice.go` ResolveShortnameToFQDN (pkg/config/resource names).
 */
export function resolveShortName(host: string, namespace: string, domain = DEFAULT_DOMAIN): string {
  if (host === '' || host.includes('*') || host.includes('.')) return host;
  return serviceHost(host, namespace, domain);
}

/** Whether a host is a wildcard: `*`, `*.bookinfo.svc.cluster.local`. */
export function isWildcard(host: string): boolean {
  return host.startsWith('*');
}

/**
 * Whether `host` (never a wildcard here) is one of those that `pattern` stands for.
 *
 * Source: Istio `pkg/config/host/name.go` Name.Matches.
 */
export function hostMatches(pattern: string, host: string): boolean {
  if (!isWildcard(pattern)) return pattern === host;
  const suffix = pattern.slice(1);
  return host.length >= suffix.length && host.endsWith(suffix);
}

/**
 * The pattern that says most about a host: itself, else the longest wildcard.
 *
 * Source: Istio `pilot/pkg/model/context.go` MostSpecificHostMatch.
 */
export function mostSpecificMatch<V>(
  host: string,
  patterns: ReadonlyMap<string, V>,
): { pattern: string; value: V } | undefined {
  const exact = patterns.get(host);
  if (exact !== undefined) return { pattern: host, value: exact };
  let best: { pattern: string; value: V } | undefined;
  for (const [pattern, value] of patterns) {
    if (!isWildcard(pattern) || !hostMatches(pattern, host)) continue;
    if (!best || pattern.length > best.pattern.length) best = { pattern, value };
  }
  return best;
}
