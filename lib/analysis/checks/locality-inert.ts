import { valueAt } from '../../fleet/plain';
import { localityPolicies } from '../localities';
import type { Check } from '../types';

/** Whether a locality policy has what it needs to do anything. */
export const localityInert: Check = {
  code: 'ISM0301',
  name: 'locality-inert',
  severity: 'warning',
  summary: 'A DestinationRule that asks for locality failover has outlier detection.',
  why: 'Istio makes no priorities without outlier detection: requests go to all endpoints of all clusters alike, near or far.',
  fix: 'Add outlierDetection beside it, with maxEjectionPercent: 100 so that all local endpoints can be ejected.',
  *run(view) {
    for (const { at, rule, scope, setting, outlierDetection } of localityPolicies(view)) {
      if (!rule || !setting || outlierDetection || setting.enabled === false) continue;
      if (valueAt(setting, 'distribute') !== undefined) continue;
      const asked = ['failover', 'failoverPriority'].find(field => valueAt(setting, field) !== undefined);
      yield {
        at,
        message: `localityLbSetting${asked ? `.${asked}` : ''}${scope} has no effect without outlierDetection`,
      };
    }
  },
};
