import { join } from 'node:path';
import fc from 'fast-check';
import { analyze } from '../../lib/analysis/analyze';
import { loadDist } from '../../lib/fleet/load';
import { isPlain } from '../../lib/fleet/plain';
import { draftOf, fleetOfDraft, type Loose } from './mutants';

const demo = loadDist(join(__dirname, '..', '..', 'dist'));
const junk = fc.constantFrom<unknown>(null, true, 0, -1, 'x', '', '*', [], {}, [null], [{}], { x: null });

/** Every place in a value, as paths of keys. */
function paths(value: unknown, path: readonly string[] = []): string[][] {
  if (!isPlain(value) && !Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => [[...path, key], ...paths(inner, [...path, key])]);
}

test('whatever stands where in an object, analysis says something or nothing, and never fails', () => {
  // What identifies an object is checked when it is read.
  const identity = ['apiVersion', 'kind', 'metadata', 'metadata name', 'metadata namespace'];
  fc.assert(
    fc.property(fc.nat(), fc.nat(), junk, (which, where, value) => {
      const draft = draftOf(demo);
      const { manifest } = draft.objects[which % draft.objects.length];
      const places = paths(manifest).filter(path => !identity.includes(path.join(' ')));
      fc.pre(places.length > 0);
      const path = places[where % places.length];
      const parent = path.slice(0, -1).reduce<Loose>((inner, key) => inner[key], manifest);
      parent[path.at(-1)!] = value;
      expect(Array.isArray(analyze(fleetOfDraft(draft)))).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test('nor when labels, annotations or values are not texts', () => {
  const draft = draftOf(demo);
  for (const { manifest } of draft.objects) {
    const metadata = manifest.metadata as Loose;
    metadata.labels = { 'topology.istio.io/network': 1, 'istio/multiCluster': true, app: null };
    metadata.annotations = {
      'networking.istio.io/exportTo': 1,
      'isthmus.dev/ignore': 2,
      'topology.istio.io/controlPlaneClusters': true,
    };
  }
  expect(Array.isArray(analyze(fleetOfDraft(draft)))).toBe(true);
});
