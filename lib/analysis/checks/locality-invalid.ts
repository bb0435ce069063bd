import { isPlain, listAt, numberAt, type Plain, plainAt, plainsAt, stringAt } from '../../fleet/plain';
import { localityPolicies } from '../localities';
import type { Check } from '../types';

/** Whether Istio accepts a locality policy. Source: Istio `pkg/config/validation/agent/validation.go` ValidateLocalityLbSetting. */
export const localityInvalid: Check = {
  code: 'ISM0303',
  name: 'locality-invalid',
  severity: 'error',
  istio: ['IST0106'],
  summary: 'A localityLbSetting is one that Istio accepts.',
  why: 'The validating webhook refuses the object; in mesh configuration istiod refuses to load it.',
  fix: 'Use either distribute with weights that sum to 100, or failover between two regions.',
  *run(view) {
    for (const { at, scope, setting } of localityPolicies(view)) {
      for (const problem of problemsOf(setting ?? {}))
        yield { at, message: `localityLbSetting${scope} ${problem}` };
    }
  },
};

function* problemsOf(setting: Plain): Iterable<string> {
  const distribute = plainsAt(setting, 'distribute');
  const failover = plainsAt(setting, 'failover');
  if (distribute.length > 0 && (failover.length > 0 || listAt(setting, 'failoverPriority').length > 0)) {
    yield 'has both distribute and failover, of which only one is allowed';
  }
  for (const rule of distribute) {
    const from = stringAt(rule, 'from') ?? '';
    const weights = Object.values(plainAt(rule, 'to')).map(Number);
    const sum = weights.reduce((total, weight) => total + weight, 0);
    if (sum !== 100) yield `distributes from "${from}" with weights that sum to ${sum}, not 100`;
    if (weights.some(weight => !(weight >= 1 && weight <= 100)))
      yield `distributes from "${from}" with a weight outside 1 to 100`;
  }
  for (const rule of failover) {
    const [from, to] = [stringAt(rule, 'from') ?? '', stringAt(rule, 'to') ?? ''];
    if (from === to) yield `fails over from "${from}" to itself`;
    for (const region of [from, to]) {
      if (/[/*]/.test(region)) yield `fails over between regions, which "${region}" isn’t`;
    }
  }
  if (isPlain(setting) && numberAt(setting, 'enabled') !== undefined)
    yield 'has an enabled that is not true or false';
}
