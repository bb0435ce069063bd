import { ambientNote } from '../../lib/traffic/ambient';
import { demo } from '../fleet/meshes';

const ambient =
  '---\napiVersion: v1\nkind: Namespace\nmetadata: {name: legacy, labels: {istio.io/dataplane-mode: ambient}}\n';

test('a fleet with a namespace in ambient mode is told that it is not modelled, and where', () => {
  expect(ambientNote(demo({ frankfurt: ambient }))).toMatch(/isn't modelled.*legacy of frankfurt\.$/);
});

test('a fleet of sidecars alone is told nothing', () => {
  expect(ambientNote(demo())).toBeUndefined();
});
