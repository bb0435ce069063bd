import { containsLabels } from '../../fleet/labels';
import { labelsAt, numberAt, plainsAt, stringAt, stringsAt } from '../../fleet/plain';
import { KIND } from '../kinds';
import { crossNetworkPort, networkGateways } from '../networks';
import { at, type Check } from '../types';

const MANAGED = 'gateway.networking.k8s.io/gateway-name';

/** Whether an east-west gateway is told to pass on the mesh's traffic. */
export const crossNetworkExposure: Check = {
  code: 'ISM0204',
  name: 'cross-network-exposure',
  severity: 'error',
  summary: 'A Gateway with AUTO_PASSTHROUGH for the mesh’s hosts selects the pods of each east-west gateway.',
  why: 'The gateway has nothing to forward on port 15443 and resets what other networks send to it.',
  fix: 'Put a Gateway into the config cluster that selects the gateway’s pods, with port 15443, protocol TLS, tls.mode AUTO_PASSTHROUGH and hosts ["*.local"].',
  *run(view) {
    if (view.networks.length < 2) return;
    for (const { network, service } of networkGateways(view)) {
      if (!service || service.selector[MANAGED] !== undefined) continue;
      const wanted = crossNetworkPort(service);
      const port = service.ports.find(({ number }) => number === wanted);
      const pods = view
        .podsWith(service.selector, service.namespace)
        .filter(pod => pod.cluster === service.cluster);
      if (!port || pods.length === 0) continue;
      const plane = view.planeOf(service.cluster);
      const selecting = view
        .config(plane, KIND.gateway)
        .filter(({ manifest }) =>
          pods.some(pod => containsLabels(labelsAt(manifest, 'spec', 'selector'), pod.labels)),
        );
      const servers = selecting.flatMap(object =>
        plainsAt(object.manifest, 'spec', 'servers')
          .filter(server => stringAt(server, 'tls', 'mode') === 'AUTO_PASSTHROUGH')
          .filter(server =>
            [String(wanted), port.targetPort].includes(String(numberAt(server, 'port', 'number'))),
          )
          .map(server => ({
            object,
            hosts: stringsAt(server, 'hosts').map(host => host.slice(host.indexOf('/') + 1)),
          })),
      );
      if (servers.length === 0) {
        yield {
          at: at(service.object),
          message: `leads into network "${network}", but no Gateway in ${plane.cluster} that selects its pods has AUTO_PASSTHROUGH on port ${wanted}`,
          related: selecting.map(at),
        };
      } else if (!servers.some(({ hosts }) => hosts.some(host => view.coversAny(plane, host)))) {
        const [{ object, hosts }] = servers;
        yield {
          at: at(object),
          message: `exposes ${hosts.join(', ')} to other networks, which is none of the mesh’s hosts`,
          fix: `Write hosts: ["*.${plane.domain.split('.').pop()}"].`,
          related: [at(service.object)],
        };
      }
    }
  },
};
