import type { CustomResourceDefinition, Schema } from './crd';

/**
 * The names of the fields that a schema knows, as plain data:
 * - an object: its fields by name; a list stands for its items
 * - `{ "*": … }`: a map with any keys
 * - `true`: a scalar, or a free-form value
 */
export type Fields = true | { readonly [name: string]: Fields };

/** The fields of each kind by `apiVersion/kind`, without `apiVersion`, `kind` and `metadata`. */
export function fieldsOf(crds: readonly CustomResourceDefinition[]): Record<string, Fields> {
  return Object.fromEntries(
    crds.map(crd => {
      const { name, schema } = crd.spec.versions[0];
      const {
        apiVersion: _,
        kind: __,
        metadata: ___,
        ...properties
      } = schema?.openAPIV3Schema?.properties ?? {};
      return [`${crd.spec.group}/${name}/${crd.spec.names.kind}`, schemaFields({ properties })];
    }),
  );
}

function schemaFields(schema: Schema): Fields {
  if (schema['x-kubernetes-preserve-unknown-fields']) return true;
  if (schema.items) return schemaFields(schema.items);
  if (schema.properties) {
    return Object.fromEntries(
      Object.entries(schema.properties).map(([name, value]) => [name, schemaFields(value)]),
    );
  }
  const values = schema.additionalProperties;
  return typeof values === 'object'
    ? { '*': schemaFields(values) }
    : values || schema.type !== 'object'
      ? true
      : {};
}
