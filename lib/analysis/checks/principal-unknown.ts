import { namespaceOf } from '../../fleet/fleet';
import { type Plain, plainAt, plainsAt, stringAt, stringsAt } from '../../fleet/plain';
import { parsePrincipal } from '../calls';
import { KIND } from '../kinds';
import { at, type Check } from '../types';
import type { FleetView } from '../view';

/** Whether somebody has the identity that an AuthorizationPolicy asks for. */
export const principalUnknown: Check = {
  code: 'ISM0703',
  name: 'principal-unknown',
  severity: 'warning',
  kiali: ['KIA0106'],
  summary:
    'A principal in an AuthorizationPolicy is that of pods of some cluster, in a trust domain of the mesh.',
  why: 'Nobody has that identity, so the rule never matches: whoever was meant is refused, or not refused.',
  fix: 'Write TRUST-DOMAIN/ns/NAMESPACE/sa/SERVICE-ACCOUNT as the client’s pod template has them.',
  *run(view) {
    const accounts = accountsOf(view);
    const domains = new Set(
      view.planes.flatMap(({ meshConfig, domain }) => [
        domain,
        stringAt(meshConfig, 'trustDomain') ?? domain,
        ...stringsAt(meshConfig, 'trustDomainAliases'),
      ]),
    );
    for (const { object, spec } of view.configs(KIND.authorizationPolicy)) {
      const unknown = (principal: string) => {
        const parsed = parsePrincipal(principal);
        if (!parsed) return undefined;
        if (!domains.has(parsed.trustDomain)) return `its trust domain is none of ${[...domains].join(', ')}`;
        return accounts.has(`${parsed.namespace}/${parsed.account}`)
          ? undefined
          : `no pod of any cluster runs as ${parsed.namespace}/${parsed.account}`;
      };
      const isAllow = (stringAt(spec, 'action') ?? 'ALLOW') === 'ALLOW';
      const rules = plainsAt(spec, 'rules');
      const isImpossible =
        isAllow &&
        rules.length > 0 &&
        rules.every(rule => nobodyFits(rule, principal => unknown(principal) !== undefined));
      const reported = new Set<string>();
      for (const principal of rules.flatMap(principalsOf)) {
        const reason = unknown(principal);
        if (reason === undefined || reported.has(principal)) continue;
        reported.add(principal);
        yield isImpossible
          ? {
              at: at(object),
              severity: 'error',
              message: `lets nobody in: of the principal ${principal}, ${reason}`,
              why: 'Every rule asks for somebody who doesn’t exist: all requests are refused with 403.',
            }
          : { at: at(object), message: `names the principal ${principal}, but ${reason}` };
      }
    }
  },
};

function principalsOf(rule: Plain): string[] {
  return plainsAt(rule, 'from').flatMap(from => stringsAt(plainAt(from, 'source'), 'principals'));
}

/** Whether all sources of a rule ask for principals of which none exists. */
function nobodyFits(rule: Plain, isUnknown: (principal: string) => boolean): boolean {
  const sources = plainsAt(rule, 'from').map(from => stringsAt(plainAt(from, 'source'), 'principals'));
  return (
    sources.length > 0 && sources.every(principals => principals.length > 0 && principals.every(isUnknown))
  );
}

/** Accounts that are declared, that pods run as, or that istiod makes for gateways and waypoints. */
function accountsOf(view: FleetView): Set<string> {
  const named = (kind: string) =>
    view.fleet
      .ofKind(kind)
      .map(({ manifest }) => ({ namespace: namespaceOf(manifest), name: manifest.metadata.name }));
  const gateways = named(KIND.kubernetesGateway);
  return new Set([
    ...[...named('ServiceAccount'), ...gateways].map(({ namespace, name }) => `${namespace}/${name}`),
    ...gateways.map(({ namespace, name }) => `${namespace}/${name}-istio`),
    ...view.pods.map(pod => `${pod.namespace}/${pod.serviceAccount}`),
  ]);
}
