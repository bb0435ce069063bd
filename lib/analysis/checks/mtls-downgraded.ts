import { namespaceOf } from '../../fleet/fleet';
import { indexPeerAuthentications } from '../../fleet/peer-authentication';
import { plainAt, stringAt } from '../../fleet/plain';
import { KIND } from '../kinds';
import { modeOf, mtlsMode } from '../mtls';
import { workloadSelectorOf } from '../selectors';
import { at, type Check } from '../types';

const STRENGTH: Readonly<Record<string, number>> = { DISABLE: 0, PERMISSIVE: 1, STRICT: 2 };

/** Whether mTLS is as strict for a part as for the whole. */
export const mtlsDowngraded: Check = {
  code: 'ISM0706',
  name: 'mtls-downgraded',
  severity: 'warning',
  kiali: ['KIA0505'],
  summary: 'No PeerAuthentication is weaker than that of its namespace or mesh, or turns mTLS off.',
  why: 'The workload takes plain text from anybody who reaches it: no identity, so no authorization by identity, and no encryption.',
  fix: 'Use STRICT; PERMISSIVE only while clients without a proxy are being moved.',
  *run(view) {
    for (const plane of view.planes) {
      const index = indexPeerAuthentications(view.fleet, plane);
      for (const object of view.config(plane, KIND.peerAuthentication)) {
        const namespace = namespaceOf(object.manifest);
        const isMesh = namespace === plane.rootNamespace;
        const selects = workloadSelectorOf(object) !== undefined;
        const upper = selects
          ? mtlsMode({ ...index, selecting: new Map() }, namespace, {})
          : isMesh
            ? 'PERMISSIVE'
            : (modeOf(index.mesh) ?? 'PERMISSIVE');
        const ports = Object.entries(plainAt(object.manifest, 'spec', 'portLevelMtls')).map(
          ([port, setting]) => [` on port ${port}`, stringAt(setting, 'mode')] as const,
        );
        for (const [where, mode] of [['', modeOf(object)] as const, ...ports]) {
          if (mode === undefined || !(mode in STRENGTH) || STRENGTH[mode] >= (STRENGTH[upper] ?? 1)) continue;
          yield {
            at: at(object),
            message: `sets mTLS to ${mode}${where}, below the ${upper} of ${selects ? 'its namespace' : 'the mesh'}`,
          };
        }
      }
    }
  },
};
