import fc from 'fast-check';
import { expand } from '../../lib/fleet/expand/expand';
import { parseFailure, singleFailures } from '../../lib/traffic/scenario';
import { whatIf } from '../../lib/traffic/what-if';
import { buildWorld } from '../../lib/traffic/world';
import { madeUpFleet, madeUpMeshes } from './meshes';

test('a client among all clients and failures gets what it gets when it alone is asked about', () => {
  const asked = fc.record({
    mesh: madeUpMeshes,
    mode: fc.constantFrom('unready' as const, 'failing' as const),
    version: fc.constantFrom('1.29' as const, '1.30' as const, '1.31' as const),
    failure: fc.nat(),
    client: fc.nat(),
  });
  fc.assert(
    fc.property(asked, ({ mesh, mode, version, failure, client }) => {
      const world = buildWorld(expand(madeUpFleet(mesh)).fleet, version);
      const services = ['bookinfo/reviews'];
      const failures = singleFailures(world.fleet, []).concat(
        mesh.gateways ? [parseFailure('gateway=c0')] : [],
      );
      const scenarios = failures.map(one => ({ failures: [one], mode }));
      const clients = world.fleet.clusters.flatMap(({ name, zones }) =>
        zones.map(zone => ({ cluster: name, zone })),
      );
      const place = clients[client % clients.length];
      const i = failure % scenarios.length;
      const all = whatIf(world, { services, scenarios, from: clients }).scenarios[i];
      const [alone] = whatIf(world, { services, scenarios: [scenarios[i]], from: [place] }).scenarios;
      const isMine = ({ from }: { from: { cluster: string; zone: string } }) =>
        from.cluster === place.cluster && from.zone === place.zone;
      expect(all.shares.filter(isMine)).toEqual(alone.shares);
      expect(all.unserved.filter(isMine)).toEqual(alone.unserved);
    }),
    { numRuns: 60 },
  );
});
