import { KIND } from '../kinds';
import { severalDefaults } from '../overlaps';
import type { Check } from '../types';

/** Whether a namespace has one default Telemetry. */
export const telemetriesWithoutSelector: Check = {
  code: 'ISM0614',
  name: 'telemetries-without-selector',
  severity: 'error',
  istio: ['IST0160'],
  summary: 'A namespace has one Telemetry without a selector at most.',
  why: 'Only the oldest counts: metrics, traces or access logs that another one asks for are missing.',
  fix: 'Keep one of them, or give the others selectors.',
  run: view => severalDefaults(view, KIND.telemetry),
};
