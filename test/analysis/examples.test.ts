import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Mesh } from '../../lib';
import { analyze } from '../../lib/analysis/analyze';
import { fleetOf } from '../../lib/mesh/fleet';
import { everywhere } from './everywhere';
import { draftOf, fleetOfDraft } from './mutants';

const FOLDER = join(__dirname, '..', '..', 'examples');
const examples = readdirSync(FOLDER)
  .filter(name => name.endsWith('.ts'))
  .map(name => {
    const [make] = Object.values(require(join(FOLDER, name)) as Record<string, () => Mesh>);
    return { name, fleet: fleetOf(make()) };
  });

describe.each(examples)('the example $name', ({ fleet }) => {
  const before = analyze(fleet);

  test('has no error and no warning', () => {
    expect(before.filter(finding => finding.severity !== 'info')).toEqual([]);
  });

  test('broken in any way, is found to be', () => {
    const known = new Set(before.map(finding => JSON.stringify(finding)));
    const missed = everywhere(fleet).filter(mutant => {
      const draft = draftOf(fleet);
      mutant.apply(draft);
      const fresh = analyze(fleetOfDraft(draft)).filter(finding => !known.has(JSON.stringify(finding)));
      return !fresh.some(finding => finding.code === mutant.code);
    });
    expect(missed.map(mutant => `${mutant.name}: ${mutant.code}`)).toEqual([]);
  });
});

test('there are at least 200 mutants of the examples', () => {
  expect(examples.flatMap(({ fleet }) => everywhere(fleet)).length).toBeGreaterThanOrEqual(200);
});
