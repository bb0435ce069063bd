import { at, type Check } from '../types';

/** Whether an object is in the manifests once. */
export const duplicateObject: Check = {
  code: 'ISM0001',
  name: 'duplicate-object',
  severity: 'warning',
  summary: 'A cluster’s manifests hold an object of one kind, namespace and name once.',
  why: 'Whichever is applied last wins, which depends on the order of files; here the later one was analyzed.',
  fix: 'Remove one of them.',
  *run(view) {
    for (const { first, second } of view.fleet.duplicates) {
      const isSame = JSON.stringify(first.manifest) === JSON.stringify(second.manifest);
      yield {
        at: at(second),
        severity: isSame ? 'info' : 'warning',
        message: isSame ? 'is given twice, with the same content' : 'is given twice, with different content',
        related: [at(first)],
      };
    }
  },
};
