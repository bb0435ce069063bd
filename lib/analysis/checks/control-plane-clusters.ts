import { valueAt } from '../../fleet/plain';
import { installationPlace } from '../installation';
import { at, type Check } from '../types';

const ANNOTATION = 'topology.istio.io/controlPlaneClusters';

/** Whether a remote cluster says which istiod serves it, and that istiod agrees to. */
export const controlPlaneClusters: Check = {
  code: 'ISM0403',
  name: 'control-plane-clusters',
  severity: 'error',
  summary: 'A remote cluster’s system namespace names its control plane, which is installed to serve others.',
  why: 'istiod only then writes its root certificate into the remote’s namespaces and its address into the remote’s webhook: without them no proxy starts there.',
  fix: `Annotate the remote’s system namespace with ${ANNOTATION}: the control plane’s cluster, and set global.externalIstiod: true there.`,
  *run(view) {
    for (const { name, configCluster } of view.fleet.clusters) {
      if (name === configCluster) continue;
      const plane = view.planeOf(name);
      const system = view.fleet.find(name, 'Namespace', '', plane.rootNamespace);
      const value = system?.manifest.metadata.annotations?.[ANNOTATION];
      const named = (value ?? '').split(',').map(entry => entry.trim());
      if (system && !named.includes('*') && !named.includes(configCluster)) {
        yield {
          at: at(system),
          message: `${value === undefined ? `has no annotation ${ANNOTATION}` : `names "${value}" as its control plane`}, but ${name} is served by ${configCluster}`,
        };
      }
      const place =
        view.fleet.cluster(configCluster).controlPlane.role === 'primary'
          ? installationPlace(view, configCluster)
          : undefined;
      const serves = valueAt(view.values(configCluster), 'global', 'externalIstiod');
      const env = plane.env.EXTERNAL_ISTIOD;
      if (place && serves !== true && serves !== 'true' && env !== 'true') {
        yield { at: place, message: `serves ${name} without global.externalIstiod: true` };
      }
    }
  },
};
