import { plainsAt, stringAt } from '../../fleet/plain';
import { crossNetworkPort, declaredGateways } from '../networks';
import { at, type Check } from '../types';

const VIEW = 'ISTIO_META_REQUESTED_NETWORK_VIEW';

/** Whether an east-west gateway only sees its own network. */
export const gatewayNetworkView: Check = {
  code: 'ISM0210',
  name: 'gateway-network-view',
  severity: 'warning',
  summary: 'The pods of an east-west gateway ask for a view of their own network only.',
  why: 'Otherwise the gateway has the other networks’ endpoints too: when its own pods fail, two gateways send the same request to each other in a loop.',
  fix: `Set the environment variable ${VIEW} to the network’s name (the gateway chart’s networkGateway does).`,
  *run(view) {
    if (view.networks.length < 2) return;
    for (const { network, service } of declaredGateways(view)) {
      if (!service.ports.some(port => port.number === crossNetworkPort(service))) continue;
      const pods = view
        .podsWith(service.selector, service.namespace)
        .filter(pod => pod.cluster === service.cluster);
      for (const pod of pods) {
        const values = plainsAt(pod.template, 'spec', 'containers')
          .flatMap(container => plainsAt(container, 'env'))
          .filter(entry => entry.name === VIEW)
          .map(entry => stringAt(entry, 'value') ?? '');
        if (values.some(value => value.split(',').includes(network))) continue;
        const what = values.length > 0 ? `sets ${VIEW} to "${values[0]}"` : `doesn’t set ${VIEW}`;
        yield {
          at: at(pod.object),
          message: `is a gateway of network "${network}" and ${what}`,
          related: [at(service.object)],
        };
      }
    }
  },
};
