import { plainAt } from '../../fleet/plain';
import { at, type Check } from '../types';

/** Whether manifests are free of secrets. */
export const secretInManifests: Check = {
  code: 'ISM0710',
  name: 'secret-in-manifests',
  severity: 'warning',
  summary: 'A Secret in the manifests holds no data.',
  why: 'Whoever can read the repository, its history or a build’s log can read it; base64 hides nothing.',
  fix: 'Let an operator (External Secrets, Sealed Secrets) or a step outside of the repository create it, and replace what has been published.',
  *run(view) {
    for (const object of view.fleet.ofKind('Secret')) {
      const keys = [
        ...Object.entries(plainAt(object.manifest, 'data')),
        ...Object.entries(plainAt(object.manifest, 'stringData')),
      ]
        .filter(([, value]) => value !== '' && value !== null)
        .map(([key]) => key);
      if (keys.length > 0)
        yield { at: at(object), message: `holds data: ${[...new Set(keys)].sort().join(', ')}` };
    }
  },
};
