import { numberAt, plainAt, plainsAt, stringAt, valueAt } from '../../fleet/plain';
import { KIND } from '../kinds';
import { at, type Check } from '../types';

/** Whether TLS to a destination says whom to trust. */
export const serverNotVerified: Check = {
  code: 'ISM0512',
  name: 'server-not-verified',
  severity: 'warning',
  istio: ['IST0128', 'IST0129'],
  summary: 'A DestinationRule that originates TLS (SIMPLE or MUTUAL) says which CA it trusts.',
  why: 'The server’s certificate isn’t checked against the CA that should have issued it: whoever sits in between can answer.',
  fix: 'Set caCertificates (system for the system’s CAs), or credentialName with a workloadSelector.',
  *run(view) {
    for (const { object, spec } of view.configs(KIND.destinationRule)) {
      const hasSelector = valueAt(spec, 'workloadSelector') !== undefined;
      const policies = [
        ['', plainAt(spec, 'trafficPolicy')] as const,
        ...plainsAt(spec, 'subsets').map(
          subset => [` of subset "${stringAt(subset, 'name')}"`, plainAt(subset, 'trafficPolicy')] as const,
        ),
      ];
      for (const [scope, policy] of policies) {
        const all = [
          ['', policy] as const,
          ...plainsAt(policy, 'portLevelSettings').map(
            entry => [` on port ${numberAt(entry, 'port', 'number')}`, entry] as const,
          ),
        ];
        for (const [port, settings] of all) {
          const mode = stringAt(settings, 'tls', 'mode') ?? '';
          if (!['SIMPLE', 'MUTUAL'].includes(mode) || stringAt(settings, 'tls', 'caCertificates')) continue;
          if (stringAt(settings, 'tls', 'credentialName') && hasSelector) continue;
          yield {
            at: at(object),
            message: `TLS ${mode} to ${stringAt(spec, 'host')}${scope}${port} without caCertificates`,
          };
        }
      }
    }
  },
};
