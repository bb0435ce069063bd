import { stringAt, stringsAt, valueAt } from '../../fleet/plain';
import { atRelease, type Check } from '../types';

/** Whether gateways are injected by an istiod that has a revision. */
export const gatewayRevision: Check = {
  code: 'ISM0406',
  name: 'gateway-revision',
  severity: 'warning',
  summary: 'A gateway release names the revision of an istiod that is installed with one.',
  why: 'The default injector doesn’t exist beside a revision: the gateway’s pods keep the image "auto" and never start.',
  fix: 'Set revision in the gateway’s values, or make the revision the default one (defaultRevision).',
  *run(view) {
    for (const { name } of view.fleet.clusters) {
      const values = view.values(name);
      const revision = stringAt(values, 'revision');
      if (!revision || stringsAt(values, 'revisionTags').includes('default')) continue;
      const base = view.fleet.helm.find(
        release => release.cluster === name && ['base', 'istio-base'].includes(release.name),
      );
      if (base && valueAt(base.values, 'defaultRevision') === revision) continue;
      for (const release of view.fleet.helm) {
        if (release.cluster !== name || !isGateway(view.pods, release)) continue;
        if (stringAt(release.values, 'revision')) continue;
        if (
          view.fleet.find(name, 'Namespace', '', release.namespace)?.manifest.metadata.labels?.[
            'istio.io/rev'
          ]
        )
          continue;
        yield {
          at: atRelease(release),
          message: `names no revision, but istiod of ${name} is installed as "${revision}"`,
        };
      }
    }
  },
};

function isGateway(
  pods: readonly { isGateway: boolean; isDerived: boolean; object: { file: string; cluster: string } }[],
  release: { file: string; cluster: string },
): boolean {
  return pods.some(
    ({ isGateway, isDerived, object }) =>
      isGateway && isDerived && object.file === release.file && object.cluster === release.cluster,
  );
}
