import { ambientMultiNetwork } from '../../examples/ambient-multi-network';
import { externalControlPlane } from '../../examples/external-control-plane';
import { mixed } from '../../examples/mixed-primaries-and-remotes';
import { multiPrimary } from '../../examples/multi-primary';
import { multiPrimaryMultiNetwork } from '../../examples/multi-primary-multi-network';
import { primaryRemote } from '../../examples/primary-remote';
import { primaryRemoteMultiNetwork } from '../../examples/primary-remote-multi-network';
import type { Mesh } from '../../lib';
import { at, type WrittenDist, written } from './dist';
import { MODELS } from './requirements';

const APPS: Readonly<Record<string, (outdir: string) => Mesh>> = {
  'multi-primary': multiPrimary,
  'multi-primary-multi-network': multiPrimaryMultiNetwork,
  'primary-remote': primaryRemote,
  'primary-remote-multi-network': primaryRemoteMultiNetwork,
  'external-control-plane': externalControlPlane,
  'ambient-multi-network': ambientMultiNetwork,
  'mixed-primaries-and-remotes': mixed,
};

test('every model of the table has an app', () => {
  expect(Object.keys(APPS).sort()).toEqual(Object.keys(MODELS).sort());
});

describe.each(Object.entries(MODELS))('%s', (name, model) => {
  let dist: WrittenDist;

  beforeAll(() => {
    dist = written(APPS[name]);
  });

  const rows = model.requirements.flatMap(({ source, facts }) => facts.map(fact => ({ ...fact, source })));

  test.each(rows.map(row => [`${row.cluster} ${row.of} ${row.path.join('.')}`, row] as const))(
    '%s',
    (_, { cluster, of, path, is, source }) => {
      if (path.length > 0)
        expect({ source, thing: dist.of(cluster, of) }).not.toEqual({ source, thing: undefined });
      expect({ source, found: at(dist.of(cluster, of), path) }).toEqual({ source, found: is });
    },
  );

  test.each(model.order.map(steps => [steps.join(' < '), steps] as const))('%s', (_, steps) => {
    const known = dist.plan.map(([step]) => step);
    expect(steps.filter(step => !known.includes(step))).toEqual([]);
    expect([...steps].sort((a, b) => known.indexOf(a) - known.indexOf(b))).toEqual(steps);
  });

  test('nothing is done that the model has no place for', () => {
    expect(model.without.filter(step => dist.step(step))).toEqual([]);
  });

  test('a remote secret is made for every other cluster, for each istiod', () => {
    const members = dist.fleet.clusters.map(cluster => cluster.name);
    const istiods = dist.fleet.clusters.filter(({ configCluster, name: own }) => configCluster === own);
    const made = dist.plan.filter(([, , , action]) => action === 'remote-secret').map(fields => fields[4]);
    const wanted = istiods.flatMap(istiod => members.filter(member => member !== istiod.name));
    expect([...made].sort()).toEqual([...wanted].sort());
  });
});
