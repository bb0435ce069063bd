import { namespaceOf } from '../../fleet/fleet';
import { containsLabels } from '../../fleet/labels';
import { labelsAt, type Plain, plainAt, plainsAt } from '../../fleet/plain';
import { KIND } from '../kinds';
import { gatewayName, gatewaysOf } from '../routes';
import { at, type Check } from '../types';

const CLAIMS = /^@request\.auth\.claims[.[]/;

/** Whether a gateway that routes by claims of a token validates tokens. */
export const jwtClaimWithoutAuthn: Check = {
  code: 'ISM0510',
  name: 'jwt-claim-without-authn',
  severity: 'error',
  istio: ['IST0149'],
  summary: 'A gateway whose routes match claims of a JWT has a RequestAuthentication.',
  why: 'Claims exist only once a token is validated: the rule never matches, and requests take the next one.',
  fix: 'Add a RequestAuthentication that selects the gateway’s pods.',
  *run(view) {
    for (const { plane, object, spec, namespace } of view.configs(KIND.virtualService)) {
      const claim = claimIn(spec);
      if (claim === undefined) continue;
      for (const reference of gatewaysOf(spec)) {
        const [ns, name] = gatewayName(reference, namespace).split('/');
        const gateway =
          reference === 'mesh' ? undefined : view.fleet.find(plane.cluster, KIND.gateway, ns, name);
        if (!gateway) continue;
        const policies = view.config(plane, KIND.requestAuthentication);
        const bare = view
          .podsWith(labelsAt(gateway.manifest, 'spec', 'selector'))
          .filter(pod => view.planeOf(pod.cluster) === plane)
          .find(
            pod =>
              !policies.some(
                ({ manifest }) =>
                  [plane.rootNamespace, pod.namespace].includes(namespaceOf(manifest)) &&
                  containsLabels(labelsAt(manifest, 'spec', 'selector', 'matchLabels'), pod.labels),
              ),
          );
        if (bare)
          yield {
            at: at(object),
            message: `matches ${claim} on Gateway ${ns}/${name}, whose pods (${bare.namespace}/${bare.name}) no RequestAuthentication is for`,
            related: [at(bare.object)],
          };
      }
    }
  },
};

function claimIn(spec: Plain): string | undefined {
  for (const rule of plainsAt(spec, 'http')) {
    for (const match of plainsAt(rule, 'match')) {
      const names = [
        ...Object.keys(plainAt(match, 'headers')),
        ...Object.keys(plainAt(match, 'withoutHeaders')),
      ];
      const claim = names.find(name => CLAIMS.test(name));
      if (claim) return claim;
    }
  }
  return undefined;
}
