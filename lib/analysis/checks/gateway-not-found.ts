import { KIND } from '../kinds';
import { gatewayName, gatewaysOf, isGeneratedGateway } from '../routes';
import { at, type Check } from '../types';

/** Whether the gateways of a VirtualService exist. */
export const gatewayNotFound: Check = {
  code: 'ISM0503',
  name: 'gateway-not-found',
  severity: 'error',
  istio: ['IST0101'],
  kiali: ['KIA1102'],
  summary: 'Each gateway that a VirtualService names is a Gateway of the same config cluster.',
  why: 'The routes are on no gateway: requests to their hosts are answered with 404.',
  fix: 'Correct the name (namespace/name for one of another namespace), or put the Gateway into the config cluster.',
  *run(view) {
    for (const { plane, object, spec, namespace } of view.configs(KIND.virtualService)) {
      for (const gateway of gatewaysOf(spec)) {
        if (gateway === 'mesh' || isGeneratedGateway(gateway)) continue;
        const [ns, name] = gatewayName(gateway, namespace).split('/');
        if (view.fleet.find(plane.cluster, KIND.gateway, ns, name)) continue;
        yield {
          at: at(object),
          message: `names the gateway "${gateway}", but ${plane.cluster} has no Gateway ${ns}/${name}`,
        };
      }
    }
  },
};
