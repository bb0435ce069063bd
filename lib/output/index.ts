import { assertCompleteDist as assertComplete } from './dist-reader';

export { DistError } from './dist-error';
export { toYaml, toYamlDocuments } from './yaml';

/**
 * Makes sure that a dist is one, whole: for programs that read it.
 *
 * @throws DistError if the folder or its `fleet.json`, which is written last, is missing
 */
export function assertCompleteDist(dir: string): void {
  assertComplete(dir);
}
