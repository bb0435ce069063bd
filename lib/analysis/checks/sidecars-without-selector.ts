import { KIND } from '../kinds';
import { severalDefaults } from '../overlaps';
import type { Check } from '../types';

/** Whether a namespace has one default Sidecar. */
export const sidecarsWithoutSelector: Check = {
  code: 'ISM0603',
  name: 'sidecars-without-selector',
  severity: 'error',
  istio: ['IST0111'],
  kiali: ['KIA1007'],
  summary: 'A namespace has one Sidecar without a selector at most.',
  why: 'Which of them counts is left open: pods may lack hosts they call.',
  fix: 'Keep one of them, or give the others selectors.',
  run: view => severalDefaults(view, KIND.sidecar),
};
