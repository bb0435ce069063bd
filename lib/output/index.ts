export { DistError } from './dist-error';
export { assertCompleteDist } from './dist-reader';
export { toYaml, toYamlDocuments } from './yaml';
