import { IGNORE_ANNOTATION, ignoreEntries } from '../rules';
import { at, type Check } from '../types';

/** Whether an annotation that silences findings says what and why. */
export const ignoreAnnotation: Check = {
  code: 'ISM0002',
  name: 'ignore-annotation',
  severity: 'warning',
  summary: `The annotation ${IGNORE_ANNOTATION} has entries of the form CODE=reason.`,
  why: 'An entry without a reason, or whose code isn’t one, silences nothing.',
  fix: 'Write ISM0302=the reason; separate several by semicolons.',
  *run(view) {
    for (const object of view.fleet.objects) {
      const value = object.manifest.metadata.annotations?.[IGNORE_ANNOTATION];
      if (typeof value !== 'string') continue;
      for (const { code, reason } of ignoreEntries(value)) {
        if (!/^ISM\d{4}$/.test(code))
          yield { at: at(object), message: `ignores "${code}", which is not a code` };
        else if (reason === '') yield { at: at(object), message: `ignores ${code} without a reason` };
      }
    }
  },
};
