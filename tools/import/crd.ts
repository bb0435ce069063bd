import { parseAllDocuments } from 'yaml';

/** The part of an OpenAPI schema that the bindings are made from. */
export interface Schema {
  type?: string;
  format?: string;
  enum?: unknown[];
  required?: string[];
  properties?: Record<string, Schema>;
  items?: Schema;
  additionalProperties?: Schema | boolean;
  anyOf?: Schema[];
  'x-kubernetes-int-or-string'?: boolean;
  'x-kubernetes-preserve-unknown-fields'?: boolean;
  [keyword: string]: unknown;
}

/** The part of a CustomResourceDefinition that the bindings are made from. */
export interface CustomResourceDefinition {
  apiVersion: string;
  kind: string;
  metadata: { name: string };
  spec: {
    group: string;
    scope?: string;
    names: { kind: string; plural: string };
    versions: { name: string; served: boolean; storage: boolean; schema?: { openAPIV3Schema?: Schema } }[];
  };
}

/** The CustomResourceDefinitions in a stream of YAML documents; other documents are passed over. */
export function readCrds(text: string, source: string): CustomResourceDefinition[] {
  const documents = parseAllDocuments(text, { logLevel: 'error' });
  return [...documents].flatMap(document => {
    if (document.errors.length > 0) throw new Error(`${source}: ${document.errors[0].message}`);
    const object = document.toJS({ maxAliasCount: -1 }) as CustomResourceDefinition | null;
    return object?.kind === 'CustomResourceDefinition' ? [object] : [];
  });
}
