import { KIND } from '../kinds';
import { deadMatches } from '../matches';
import { at, type Check } from '../types';

/** Whether each rule of a VirtualService can be reached. */
export const unreachableRule: Check = {
  code: 'ISM0507',
  name: 'unreachable-rule',
  severity: 'warning',
  istio: ['IST0130'],
  summary: 'No rule of a VirtualService is hidden by earlier ones.',
  why: 'The first rule that matches is used: the hidden one gets no request.',
  fix: 'Put the more special rule first, or remove the hidden one.',
  *run(view) {
    for (const { object, spec } of view.configs(KIND.virtualService)) {
      for (const { path, reason, isWholeRule } of deadMatches(spec)) {
        if (isWholeRule) yield { at: at(object), message: `${path} is never used: ${reason}` };
      }
    }
  },
};
