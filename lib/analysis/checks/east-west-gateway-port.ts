import { crossNetworkPort, declaredGateways, HBONE_PORT } from '../networks';
import { at, type Check } from '../types';

/** Whether a network gateway listens where istiod sends cross-network traffic. */
export const eastWestGatewayPort: Check = {
  code: 'ISM0203',
  name: 'east-west-gateway-port',
  severity: 'error',
  summary: 'A Service labelled as a network’s gateway has the port for cross-network traffic.',
  why: 'istiod doesn’t take it for a gateway without port 15443 (15008 in ambient mode), so the network can’t be entered.',
  fix: 'Add port 15443, name it in the label networking.istio.io/gatewayPort, or remove the label topology.istio.io/network.',
  *run(view) {
    for (const { network, service } of declaredGateways(view)) {
      const wanted = crossNetworkPort(service);
      if (service.ports.some(port => port.number === wanted || port.number === HBONE_PORT)) continue;
      const ports = service.ports.map(port => port.number).join(', ') || 'none';
      yield {
        at: at(service.object),
        message: `is the gateway of network "${network}" but has no port ${wanted} (its ports: ${ports})`,
      };
    }
  },
};
