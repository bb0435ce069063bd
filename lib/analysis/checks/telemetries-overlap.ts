import { KIND } from '../kinds';
import { overlappingSelectors } from '../overlaps';
import type { Check } from '../types';

/** Whether a pod has one Telemetry. */
export const telemetriesOverlap: Check = {
  code: 'ISM0613',
  name: 'telemetries-overlap',
  severity: 'error',
  istio: ['IST0159'],
  summary: 'A pod is selected by one Telemetry of its namespace at most.',
  why: 'Only the oldest counts: metrics, traces or access logs that another one asks for are missing.',
  fix: 'Merge them, or select different pods.',
  run: view => overlappingSelectors(view, KIND.telemetry),
};
