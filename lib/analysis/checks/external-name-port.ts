import { saysProtocol } from '../protocols';
import { at, type Check } from '../types';

/** Whether a Service of type ExternalName has a port that Istio can tell apart. */
export const externalNamePort: Check = {
  code: 'ISM0608',
  name: 'external-name-port',
  severity: 'warning',
  istio: ['IST0150'],
  summary: 'A port of an ExternalName Service is named after a protocol other than tcp.',
  why: 'A TCP port without an address matches every destination with that number, and takes traffic that is meant for others.',
  fix: 'Name the port after its protocol: http, https, tls, mysql.',
  *run(view) {
    for (const service of view.services) {
      if (service.type !== 'ExternalName') continue;
      for (const port of service.ports) {
        if (port.name === 'tcp' || !saysProtocol(port))
          yield {
            at: at(service.object),
            message: `port ${port.number} of an ExternalName Service is named "${port.name}"`,
          };
      }
    }
  },
};
