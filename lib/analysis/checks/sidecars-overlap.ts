import { KIND } from '../kinds';
import { overlappingSelectors } from '../overlaps';
import type { Check } from '../types';

/** Whether a pod has one Sidecar. */
export const sidecarsOverlap: Check = {
  code: 'ISM0602',
  name: 'sidecars-overlap',
  severity: 'error',
  istio: ['IST0110'],
  kiali: ['KIA1006'],
  summary: 'A pod is selected by one Sidecar at most.',
  why: 'Which of them counts is left open: the pod may lack hosts it calls, or get all of them.',
  fix: 'Merge them, or select different pods.',
  run: view => overlappingSelectors(view, KIND.sidecar),
};
