import { KIND } from '../kinds';
import { deadMatches } from '../matches';
import { at, type Check } from '../types';

/** Whether each match of a rule adds something. */
export const ineffectiveMatch: Check = {
  code: 'ISM0508',
  name: 'ineffective-match',
  severity: 'info',
  istio: ['IST0131'],
  summary: 'No match of a VirtualService’s rule is taken by an earlier one.',
  why: 'What it matches has been taken before, possibly by another rule with another destination.',
  fix: 'Remove the match, or move its rule up.',
  *run(view) {
    for (const { object, spec } of view.configs(KIND.virtualService)) {
      for (const { path, reason, isWholeRule } of deadMatches(spec)) {
        if (!isWholeRule)
          yield { at: at(object), message: `${path} matches nothing that is left: ${reason}` };
      }
    }
  },
};
