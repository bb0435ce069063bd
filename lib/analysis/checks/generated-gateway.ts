import { KIND } from '../kinds';
import { gatewaysOf, isGeneratedGateway } from '../routes';
import { at, type Check } from '../types';

/** Whether a VirtualService keeps away from gateways that istiod makes. */
export const generatedGateway: Check = {
  code: 'ISM0511',
  name: 'generated-gateway',
  severity: 'warning',
  istio: ['IST0165'],
  summary: 'A VirtualService doesn’t name a gateway that istiod makes of the Gateway API.',
  why: 'The name is internal to istiod and may be another one in the next release; the routes would silently be gone.',
  fix: 'Attach the routes to the Gateway API’s Gateway by an HTTPRoute.',
  *run(view) {
    for (const { object, spec } of view.configs(KIND.virtualService)) {
      for (const gateway of gatewaysOf(spec)) {
        if (isGeneratedGateway(gateway))
          yield { at: at(object), message: `names the internal gateway "${gateway}"` };
      }
    }
  },
};
