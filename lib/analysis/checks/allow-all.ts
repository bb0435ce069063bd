import { plainsAt, stringAt, valueAt } from '../../fleet/plain';
import { KIND } from '../kinds';
import { at, type Check } from '../types';

/** Whether an AuthorizationPolicy that allows also refuses something. */
export const allowAll: Check = {
  code: 'ISM0704',
  name: 'allow-all',
  severity: 'warning',
  summary: 'No rule of an ALLOW policy is empty.',
  why: 'An empty rule matches every request: the policy lets everyone in, and the other rules and ALLOW policies for the workload mean nothing.',
  fix: 'Say who (from), what (to) or when, or remove the policy. A policy without rules, which refuses everything, is spec: {}.',
  *run(view) {
    for (const { object, spec } of view.configs(KIND.authorizationPolicy)) {
      if ((stringAt(spec, 'action') ?? 'ALLOW') !== 'ALLOW') continue;
      for (const [i, rule] of plainsAt(spec, 'rules').entries()) {
        if (['from', 'to', 'when'].every(part => valueAt(rule, part) === undefined))
          yield { at: at(object), message: `rules[${i}] is empty, so it allows everyone` };
      }
    }
  },
};
