import fields from '../../../imports/fields.json';
import { isPlain } from '../../fleet/plain';
import { at, type Check } from '../types';

type Shape = true | { readonly [field: string]: Shape };

const SHAPES = new Map(
  Object.entries(fields as unknown as Record<string, { spec?: Shape }>).flatMap(([key, shape]) => {
    const [group, , kind] = key.split('/');
    return group.endsWith('istio.io') && shape.spec ? [[`${kind}.${group}`, shape.spec] as const] : [];
  }),
);

/** Whether Istio’s objects have only fields that Istio knows. */
export const unknownField: Check = {
  code: 'ISM0003',
  name: 'unknown-field',
  severity: 'error',
  istio: ['IST0106'],
  summary: 'An object of Istio has no field that its kind doesn’t have.',
  why: 'The API server refuses it, or drops the field without a word: what it was to say never takes effect.',
  fix: 'Correct the name or the place of the field.',
  *run(view) {
    for (const [kind, shape] of SHAPES) {
      for (const object of view.fleet.ofKind(kind)) {
        for (const path of unknown(object.manifest.spec, shape, 'spec'))
          yield {
            at: at(object),
            message: `has the field ${path}, which ${object.manifest.kind} doesn’t have`,
          };
      }
    }
  },
};

function* unknown(value: unknown, shape: Shape, path: string): Iterable<string> {
  if (shape === true) return;
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) yield* unknown(item, shape, `${path}[${i}]`);
    return;
  }
  if (!isPlain(value)) return;
  for (const [field, inner] of Object.entries(value)) {
    const known = Object.hasOwn(shape, field) ? shape[field] : shape['*'];
    if (known === undefined) yield `${path}.${field}`;
    else yield* unknown(inner, known, `${path}.${field}`);
  }
}
