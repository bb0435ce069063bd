import fc from 'fast-check';
import { expand } from '../../lib/fleet/expand/expand';
import type { Outcome } from '../../lib/traffic/outcome';
import { conditionOf, parseFailure, type Scenario } from '../../lib/traffic/scenario';
import { Server } from '../../lib/traffic/serve';
import { buildWorld, proxyAt } from '../../lib/traffic/world';
import { madeUpFleet, madeUpMeshes } from './meshes';

const HOST = 'reviews.bookinfo.svc.cluster.local';
const FAILURES = [
  'zone=c0-a',
  'cluster=c0',
  'gateway=c0',
  'control-plane=c0',
  'version=bookinfo/reviews/v0',
  'pods=bookinfo/reviews:50',
];

function rounded({ served, unserved }: Outcome): Record<string, number> {
  const round = (share: number) => Math.round(share * 1e9) / 1e9;
  return Object.fromEntries([
    ...served.map(({ endpoint, share }) => [endpoint.address, round(share)]),
    ...unserved.map(({ reason, share }) => [reason, round(share)]),
  ]);
}

test('shared and kept answers are those that each proxy would get alone', () => {
  const scenarios = fc.record({
    mesh: madeUpMeshes,
    fail: fc.subarray(FAILURES, { minLength: 1, maxLength: 2 }),
    mode: fc.constantFrom('unready' as const, 'failing' as const),
    version: fc.constantFrom('1.29' as const, '1.30' as const, '1.31' as const),
  });
  fc.assert(
    fc.property(scenarios, ({ mesh, fail, mode, version }) => {
      const hasPods = mesh.clusters[0].replicas > 0;
      const usable = fail.filter(text => hasPods || !/^(version|pods)/.test(text));
      const world = buildWorld(expand(madeUpFleet(mesh)).fleet, version);
      const endpoints = [...world.planes.values()][0].endpointsOf(HOST);
      const condition = (scenario: Scenario) => conditionOf(world.fleet, scenario, endpoints);
      const broken = condition({ failures: usable.map(parseFailure), mode });
      const shared = new Server(
        world,
        broken,
        new Server(world, condition({ failures: [], mode: 'unready' })),
      );
      for (const { name, zones } of world.fleet.clusters) {
        for (const zone of zones) {
          const proxy = proxyAt(world, { cluster: name, zone, namespace: 'bookinfo' });
          const request = { host: HOST, port: 9080, subset: '' };
          expect(rounded(shared.serve(proxy, request))).toEqual(
            rounded(new Server(world, broken).serve(proxy, request)),
          );
        }
      }
    }),
    { numRuns: 60 },
  );
});
