import { isWildcard } from '../../fleet/hosts';
import { stringAt } from '../../fleet/plain';
import { hostHint } from '../hints';
import { KIND } from '../kinds';
import { at, type Check } from '../types';

/** Whether a DestinationRule is for a host that exists. */
export const destinationRuleHostUnknown: Check = {
  code: 'ISM0108',
  name: 'destination-rule-host-unknown',
  severity: 'warning',
  istio: ['IST0174'],
  kiali: ['KIA0202'],
  summary: 'The host of a DestinationRule is a Service of some cluster, a ServiceEntry, or covers one.',
  why: 'The rule is never used: its subsets, load balancing, outlier detection and TLS settings apply to nothing.',
  fix: 'Correct the host, or remove the rule.',
  *run(view) {
    for (const { plane, object, spec, namespace } of view.configs(KIND.destinationRule)) {
      const host = stringAt(spec, 'host') ?? '';
      const isKnown = isWildcard(host)
        ? view.coversAny(plane, host)
        : view.resolve(plane, namespace, host) !== undefined;
      if (!isKnown)
        yield {
          at: at(object),
          message: `no Service and no ServiceEntry has the host "${host}"`,
          ...hostHint(view, plane, host),
        };
    }
  },
};
