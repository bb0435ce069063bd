import type { CustomResourceDefinition, Schema } from './crd';

/**
 * Cuts a CRD down to what typed bindings need: one version, no texts, no status, no rules.
 *
 * `cdk8s import` writes one class and all its structs for each version that a CRD holds, and every
 * description as a comment; of Istio alone that is three times 13,000 lines.
 */
export function cutCrd(
  crd: CustomResourceDefinition,
  opaque: readonly string[] = [],
): CustomResourceDefinition {
  const { group, names } = crd.spec;
  const { name, schema } = newestServed(crd);
  const root = schema?.openAPIV3Schema ?? {};
  const { status: _, ...properties } = root.properties ?? {};
  const cut = cutSchema({ ...root, properties });
  opaque.forEach(path => {
    makeOpaque(cut, path.split('.'), `${names.kind}.${path}`);
  });
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${names.plural}.${group}` },
    spec: {
      group,
      names: { kind: names.kind, plural: names.plural },
      scope: crd.spec.scope,
      versions: [{ name, served: true, storage: true, schema: { openAPIV3Schema: cut } }],
    },
  };
}

/**
 * The version to bind: the newest one that is served, in the order of Kubernetes (v2, v1, v1beta2, v1beta1,
 * v1alpha1). Not the storage version, which lags behind on purpose: Telemetry stores v1alpha1 and serves v1.
 *
 * @see https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definition-versioning/#version-priority
 */
function newestServed(crd: CustomResourceDefinition) {
  const served = crd.spec.versions.filter(version => version.served);
  if (served.length === 0) throw new Error(`${crd.metadata.name}: no version is served`);
  return served.reduce((best, next) => (compareVersions(next.name, best.name) > 0 ? next : best));
}

/** Positive when `a` is newer than `b`. */
export function compareVersions(a: string, b: string): number {
  const [x, y] = [priority(a), priority(b)];
  const at = x.findIndex((part, i) => part !== y[i]);
  return at < 0 ? 0 : x[at] - y[at];
}

function priority(version: string): [stage: number, major: number, minor: number] {
  const match = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version);
  if (!match) return [0, 0, 0];
  const stage = match[2] === undefined ? 3 : match[2] === 'beta' ? 2 : 1;
  return [stage, Number(match[1]), Number(match[3] ?? 0)];
}

/** Keywords of a schema that decide a type; all others (texts, patterns, bounds, CEL rules) are left out. */
const KEPT = ['type', 'format', 'enum', 'required', 'x-kubernetes-int-or-string'] as const;
const PRESERVE = 'x-kubernetes-preserve-unknown-fields';

function cutSchema(schema: Schema): Schema {
  const cut: Schema = {};
  for (const keyword of KEPT)
    if (schema[keyword] !== undefined) Object.assign(cut, { [keyword]: schema[keyword] });
  if (cut['x-kubernetes-int-or-string']) cut.anyOf = [{ type: 'integer' }, { type: 'string' }];
  const properties = Object.entries(schema.properties ?? {});
  if (properties.length > 0) {
    cut.properties = Object.fromEntries(properties.map(([name, value]) => [name, cutSchema(value)]));
  }
  if (schema.items) cut.items = cutSchema(schema.items);
  if (typeof schema.additionalProperties === 'object') {
    cut.additionalProperties = cutSchema(schema.additionalProperties);
  } else if (schema.additionalProperties === true) {
    cut.additionalProperties = true;
  }
  if (schema[PRESERVE]) cut[PRESERVE] = true;
  return cut;
}

/** Replaces what is at `path` (property names; `[]` for the items of a list) by a free-form object. */
function makeOpaque(schema: Schema, path: readonly string[], whole: string): void {
  const [name, ...rest] = path;
  const property = name.replace(/(\[\])?$/, '');
  const found = schema.properties?.[property];
  const next = name.endsWith('[]') ? found?.items : found;
  if (!schema.properties || !found || !next) throw new Error(`${whole}: the schema has no ${name}`);
  if (rest.length > 0) {
    makeOpaque(next, rest, whole);
    return;
  }
  const free: Schema = { type: 'object', [PRESERVE]: true };
  schema.properties[property] = name.endsWith('[]') ? { ...found, items: free } : free;
}
