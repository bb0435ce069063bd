import { resolveShortName } from '../../fleet/hosts';
import { indexPeerAuthentications } from '../../fleet/peer-authentication';
import { plainsAt, stringAt } from '../../fleet/plain';
import { tlsModeFor } from '../../fleet/traffic-policy';
import { KIND } from '../kinds';
import { mtlsMode } from '../mtls';
import { containerPortOf } from '../ports';
import { at, type Check } from '../types';

/** Whether clients speak mTLS to pods that insist on it. */
export const tlsModeConflict: Check = {
  code: 'ISM0707',
  name: 'tls-mode-conflict',
  severity: 'error',
  kiali: ['KIA0205', 'KIA0207'],
  summary: 'A DestinationRule doesn’t turn off mTLS to pods that are STRICT.',
  why: 'The pods’ proxies close every connection that isn’t mTLS: requests fail with 503.',
  fix: 'Remove tls from the rule (mTLS is automatic), or set ISTIO_MUTUAL.',
  *run(view) {
    const indexes = new Map(view.planes.map(plane => [plane, indexPeerAuthentications(view.fleet, plane)]));
    for (const { plane, object, spec, namespace } of view.configs(KIND.destinationRule)) {
      const host = resolveShortName(stringAt(spec, 'host') ?? '', namespace, plane.domain);
      const subsets = ['', ...plainsAt(spec, 'subsets').map(subset => stringAt(subset, 'name') ?? '')];
      const reported = new Set<string>();
      for (const port of view.servicesOf(host)[0]?.ports ?? []) {
        for (const subset of subsets) {
          const mode = tlsModeFor(spec, port.number, subset);
          if (mode === undefined || mode === 'ISTIO_MUTUAL') continue;
          const strict = view
            .podsBehind(host)
            .find(
              pod =>
                pod.isInjected &&
                mtlsMode(
                  indexes.get(view.planeOf(pod.cluster))!,
                  pod.namespace,
                  pod.labels,
                  containerPortOf(pod.template, port),
                ) === 'STRICT',
            );
          const message =
            strict &&
            `sets TLS mode ${mode} for ${host}, but the pods of ${strict.namespace}/${strict.name} are STRICT`;
          if (!message || reported.has(message)) continue;
          reported.add(message);
          yield { at: at(object), message, related: [at(strict.object)] };
        }
      }
    }
  },
};
