import { saysProtocol } from '../protocols';
import { at, type Check } from '../types';

const SYSTEM = new Set(['istio-system', 'kube-system', 'kube-public', 'kube-node-lease']);
const MANAGED = 'gateway.istio.io/managed';

/** Whether Istio is told the protocol of a port. */
export const portName: Check = {
  code: 'ISM0607',
  name: 'port-name',
  severity: 'info',
  istio: ['IST0118'],
  kiali: ['KIA0601'],
  summary: 'A Service’s port says its protocol: by appProtocol, or by a name like http or grpc-api.',
  why: 'Istio guesses from the first bytes; where it can’t, the port is plain TCP, without routes, retries and metrics per request.',
  fix: 'Set appProtocol, or begin the port’s name with the protocol.',
  *run(view) {
    for (const service of view.services) {
      if (service.isDerived || service.type === 'ExternalName' || SYSTEM.has(service.namespace)) continue;
      if (service.object.manifest.metadata.labels?.[MANAGED] !== undefined) continue;
      for (const port of service.ports) {
        if (!saysProtocol(port))
          yield {
            at: at(service.object),
            message: `port ${port.number} (${port.name || 'no name'}) doesn’t say its protocol`,
          };
      }
    }
  },
};
