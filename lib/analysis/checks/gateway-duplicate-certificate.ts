import { namespaceOf } from '../../fleet/fleet';
import { containsLabels } from '../../fleet/labels';
import { labelsAt, plainsAt, stringAt } from '../../fleet/plain';
import type { FleetObject } from '../../fleet/types';
import { KIND } from '../kinds';
import { at, type Check } from '../types';
import { groupBy } from '../view';

/** Whether Gateways for the same pods have certificates of their own. */
export const gatewayDuplicateCertificate: Check = {
  code: 'ISM0516',
  name: 'gateway-duplicate-certificate',
  severity: 'warning',
  istio: ['IST0138'],
  summary: 'Gateways for the same pods don’t share a certificate.',
  why: 'Browsers reuse an HTTP/2 connection for every host of its certificate: requests for the second Gateway’s hosts arrive at the first one’s and get 404.',
  fix: 'Serve the hosts from one Gateway, or give each a certificate of its own.',
  *run(view) {
    for (const plane of view.planes) {
      const uses = view
        .config(plane, KIND.gateway)
        .flatMap(object =>
          [...new Set(certificatesOf(object))].map(certificate => ({ object, certificate })),
        );
      for (const [certificate, group] of groupBy(uses, use => use.certificate)) {
        for (const { object } of group) {
          const selector = labelsAt(object.manifest, 'spec', 'selector');
          const others = group.filter(
            other =>
              other.object !== object &&
              containsLabels(selector, labelsAt(other.object.manifest, 'spec', 'selector')),
          );
          if (others.length === 0) continue;
          const names = others.map(
            other => `${namespaceOf(other.object.manifest)}/${other.object.manifest.metadata.name}`,
          );
          yield {
            at: at(object),
            message: `uses the certificate ${certificate}, as ${names.join(', ')} does for the same pods`,
            related: others.map(other => at(other.object)),
          };
        }
      }
    }
  },
};

function certificatesOf({ manifest }: FleetObject): string[] {
  return plainsAt(manifest, 'spec', 'servers').flatMap(server => {
    const credential = stringAt(server, 'tls', 'credentialName');
    if (credential) return credential;
    const [certificate, key] = [
      stringAt(server, 'tls', 'serverCertificate'),
      stringAt(server, 'tls', 'privateKey'),
    ];
    return certificate && key ? `${certificate} with ${key}` : [];
  });
}
