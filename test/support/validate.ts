import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import FIELDS from '../../imports/fields.json';
import type { Fields } from '../../tools/import/fields';
import { Recording } from './recording';

/**
 * What is wrong with a manifest, as `kind namespace/name: problem`; empty when nothing is.
 *
 * - Native kinds: the validators of `kubernetes-models`; unknown fields are those that they never read.
 * - Istio's kinds: the validators of `@kubernetes-models/istio`, as far as the installed release has the kind
 *   (in an older version of its API if need be); unknown fields by imports/fields.json.
 * - Gateway API, Argo CD and Sail: unknown fields by imports/fields.json only.
 *
 * A kind that none of them knows is itself a problem, so that nothing passes unseen.
 */
export function validateManifest(manifest: unknown): string[] {
  const object = JSON.parse(JSON.stringify(manifest)) as KubernetesObject;
  const { namespace, name } = object.metadata ?? {};
  const id = `${object.kind} ${namespace ? `${namespace}/` : ''}${name}`;
  return problemsOf(object).map(problem => `${id}: ${problem}`);
}

interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata?: { name?: string; namespace?: string };
  [field: string]: unknown;
}

/** A compiled validator, as ajv writes it. */
interface Validator {
  (value: unknown): boolean;
  errors?: { instancePath: string; keyword: string; params?: object }[] | null;
}

function problemsOf(object: KubernetesObject): string[] {
  const fields = (FIELDS as Record<string, Fields>)[`${object.apiVersion}/${object.kind}`];
  if (fields !== undefined) {
    const { apiVersion: _, kind: __, metadata, ...rest } = object;
    return [
      ...unknownFields(fields, rest),
      ...run(nativeValidator('IoK8sApimachineryPkgApisMetaV1ObjectMeta'), metadata ?? {}, 'metadata'),
      ...istioProblems(object),
    ];
  }
  const schema = nativeSchema(object);
  return schema
    ? run(nativeValidator(schema), object, '')
    : [`no schema for ${object.apiVersion}/${object.kind}`];
}

function run(validate: Validator, value: object, path: string): string[] {
  const recording = new Recording(value);
  if (validate(recording.proxy)) return recording.unread(path).map(unknown);
  return (validate.errors ?? []).map(
    ({ instancePath, keyword, params }) => `${path}${instancePath} ${keyword} ${JSON.stringify(params)}`,
  );
}

function unknownFields(fields: Fields, value: unknown, path = ''): string[] {
  if (fields === true || typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((item, i) => unknownFields(fields, item, `${path}[${i}]`));
  return Object.entries(value).flatMap(([key, child]) => {
    const at = path === '' ? key : `${path}.${key}`;
    const known = Object.hasOwn(fields, key) ? fields[key] : fields['*'];
    return known === undefined ? [unknown(at)] : unknownFields(known, child, at);
  });
}

function unknown(path: string): string {
  return `unknown field ${path}`;
}

const NATIVE = dirname(require.resolve('kubernetes-models/package.json'));
const ISTIO = dirname(require.resolve('@kubernetes-models/istio/package.json'));

/** The name of the schema behind a native kind, as its model imports it. */
function nativeSchema({ apiVersion, kind }: KubernetesObject): string | undefined {
  const file = join(NATIVE, apiVersion, `${kind}.js`);
  if (!existsSync(file)) return undefined;
  return /_schemas\/(IoK8s\w+)\.js/.exec(readFileSync(file, 'utf8'))?.[1];
}

function nativeValidator(schema: string): Validator {
  const own = join(NATIVE, '_schemas', `${schema}.js`);
  const machinery = require.resolve('@kubernetes-models/apimachinery/package.json', { paths: [NATIVE] });
  return require(existsSync(own) ? own : join(dirname(machinery), '_schemas', `${schema}.js`)).validate;
}

/** API versions in which an older release of the models may have a kind that is v1 today. */
const OLDER = ['v1beta1', 'v1alpha3', 'v1alpha1'];

function istioProblems(object: KubernetesObject): string[] {
  const [group, version] = object.apiVersion.split('/');
  const known = [version, ...OLDER].find(it => existsSync(join(ISTIO, group, it, `${object.kind}.js`)));
  if (known === undefined) return [];
  const Model = require(join(ISTIO, group, known, `${object.kind}.js`))[object.kind];
  const model: { validate(): void } = new Model({ ...object, apiVersion: `${group}/${known}` });
  try {
    model.validate();
    return [];
  } catch (error) {
    return [`@kubernetes-models/istio ${group}/${known}: ${(error as Error).message}`];
  }
}

/** Whether `@kubernetes-models/istio` has a validator for a kind, in this or an older version of its API. */
export function hasIstioValidator(apiVersion: string, kind: string): boolean {
  const [group, version] = apiVersion.split('/');
  return [version, ...OLDER].some(it => existsSync(join(ISTIO, group, it, `${kind}.js`)));
}
