import fc from 'fast-check';
import { hostsOf } from '../../lib/traffic/envoy/hosts';
import { localityLoad } from '../../lib/traffic/envoy/locality-load';
import { ejectedHosts } from '../../lib/traffic/envoy/outlier';
import { pickHosts } from '../../lib/traffic/envoy/pick';
import { priorityLoad } from '../../lib/traffic/envoy/priority-load';
import type { AssignedEndpoint, AssignedLocality } from '../../lib/traffic/model';

const loads = (healthy: number[], panicPercent = 0) =>
  priorityLoad(
    healthy.map(percent => ({ total: 100, healthy: percent })),
    panicPercent,
  ).map(level => level.load);

const endpoint = (address: string, given: Partial<AssignedEndpoint> = {}): AssignedEndpoint => ({
  cluster: 'one',
  network: 'vpc',
  address,
  weight: 1,
  health: 'healthy',
  endpoints: [],
  labels: {},
  ...given,
});

const group = (
  zone: string,
  priority: number,
  endpoints: AssignedEndpoint[],
  weight = endpoints.length,
): AssignedLocality => ({
  locality: { region: 'r', zone, subzone: '' },
  priority,
  weight,
  endpoints,
});

const pickOf = (localities: AssignedLocality[], given = {}, failing: string[] = []) => {
  const result = pickHosts(
    { localities, isLocalityWeighted: false, panicThreshold: 0, outlierDetection: undefined, ...given },
    host => failing.includes(host.assigned.address),
  );
  const shares = Object.fromEntries(
    result.shares.map(({ host, share }) => [host.assigned.address, Math.round(share * 1e6) / 1e6]),
  );
  return { shares, unserved: Math.round(result.unserved * 1e6) / 1e6 };
};

describe('priority load is that of Envoy’s documentation (load_balancing/priority)', () => {
  test.each([
    [
      [100, 100],
      [100, 0],
    ],
    [
      [72, 100],
      [100, 0],
    ],
    [
      [71, 100],
      [99, 1],
    ],
    [
      [50, 100],
      [70, 30],
    ],
    [
      [25, 100],
      [35, 65],
    ],
    [
      [0, 100],
      [0, 100],
    ],
    [
      [72, 72],
      [100, 0],
    ],
    [
      [71, 71],
      [99, 1],
    ],
    [
      [50, 50],
      [70, 30],
    ],
    [
      [25, 25],
      [50, 50],
    ],
    [
      [100, 100, 100],
      [100, 0, 0],
    ],
    [
      [72, 72, 100],
      [100, 0, 0],
    ],
    [
      [71, 71, 100],
      [99, 1, 0],
    ],
    [
      [50, 50, 100],
      [70, 30, 0],
    ],
    [
      [25, 100, 100],
      [35, 65, 0],
    ],
    [
      [25, 25, 100],
      [35, 35, 30],
    ],
    // The page says 36, 36, 28: that is 35 of 98 each, and what the floors leave to the first level.
    [
      [25, 25, 20],
      [37, 35, 28],
    ],
  ])('healthy %j gives %j', (healthy, expected) => {
    expect(loads(healthy)).toEqual(expected);
  });

  test('what the floors leave goes to the first level that has a healthy host', () => {
    expect(loads([0, 20, 20, 20])).toEqual([0, 34, 33, 33]);
  });
});

describe('panic is that of Envoy’s documentation (load_balancing/panic_threshold)', () => {
  const panics = (healthy: number[], panicPercent = 50) =>
    priorityLoad(
      healthy.map(percent => ({ total: 100, healthy: percent })),
      panicPercent,
    ).map(level => level.isInPanic);

  test.each([
    [
      [25, 100],
      [false, false],
    ],
    [
      [0, 100],
      [false, false],
    ],
    [
      [50, 60],
      [false, false],
    ],
    [
      [25, 25],
      [true, true],
    ],
    [
      [5, 65],
      [true, false],
    ],
  ])('healthy %j gives %j', (healthy, expected) => {
    expect(panics(healthy)).toEqual(expected);
  });

  test('when all panic, load goes by the number of hosts', () => {
    const levels = priorityLoad(
      [
        { total: 3, healthy: 0 },
        { total: 1, healthy: 0 },
      ],
      50,
    );
    expect(levels.map(level => level.load)).toEqual([75, 25]);
  });

  test('a threshold of 0 never panics: nothing healthy leaves all load at the first level', () => {
    expect(
      priorityLoad(
        [
          { total: 3, healthy: 0 },
          { total: 1, healthy: 0 },
        ],
        0,
      ),
    ).toEqual([
      { load: 100, isInPanic: false },
      { load: 0, isInPanic: false },
    ]);
  });

  test('loads are always 100 together', () => {
    const level = fc
      .integer({ min: 0, max: 20 })
      .chain(total => fc.record({ total: fc.constant(total), healthy: fc.integer({ min: 0, max: total }) }));
    fc.assert(
      fc.property(
        fc.array(level, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 0, max: 100 }),
        (levels, panic) => {
          expect(priorityLoad(levels, panic).reduce((sum, { load }) => sum + load, 0)).toBe(100);
        },
      ),
    );
  });
});

describe('locality load is that of Envoy’s documentation (load_balancing/locality_weight)', () => {
  test.each([
    [100, 33, 67],
    [70, 33, 67],
    [69, 33, 67],
    [50, 26, 74],
    [25, 15, 85],
    [0, 0, 100],
  ])('%d %% healthy in X gives %d and %d %%', (healthy, x, y) => {
    const shares = localityLoad([
      { weight: 1, total: 100, healthy },
      { weight: 2, total: 100, healthy: 100 },
    ]);
    expect(shares.map(share => Math.round(share * 100))).toEqual([x, y]);
  });
});

describe('hosts', () => {
  test('of one address only the first counts, over all groups', () => {
    const hosts = hostsOf([group('a', 0, [endpoint('g')]), group('b', 1, [endpoint('g'), endpoint('x')])]);
    expect(hosts.map(host => [host.assigned.address, host.group])).toEqual([
      ['g', 0],
      ['x', 1],
    ]);
  });

  test('a remote network in three zones behind one gateway counts once', () => {
    const remote = ['d', 'e', 'f'].map(zone => group(zone, 0, [endpoint('g')]));
    const own = ['a', 'b', 'c'].map(zone => group(zone, 0, [endpoint(zone)]));
    expect(pickOf([...own, ...remote]).shares).toEqual({ a: 0.25, b: 0.25, c: 0.25, g: 0.25 });
  });
});

describe('outlier detection', () => {
  const three = () => [group('a', 0, [endpoint('x'), endpoint('y'), endpoint('z')])];

  test('ejects nothing of fewer than ten hosts by default', () => {
    expect(pickOf(three(), { outlierDetection: {} }, ['x']).shares.x).toBeCloseTo(1 / 3);
    expect(pickOf(three(), { outlierDetection: { maxEjectionPercent: 100 } }, ['x']).shares).toEqual({
      y: 0.5,
      z: 0.5,
    });
  });

  test('counts the hosts of all priorities', () => {
    const hosts = hostsOf([group('a', 0, [endpoint('x')]), group('b', 1, [endpoint('y'), endpoint('z')])]);
    const ejected = (percent: number) =>
      ejectedHosts(hosts, host => host.priority === 0, { maxEjectionPercent: percent }).size;
    expect([ejected(33), ejected(34)]).toEqual([0, 1]);
  });

  test('fails over when a whole priority is ejected', () => {
    const localities = [group('a', 0, [endpoint('x')]), group('b', 1, [endpoint('y')])];
    expect(pickOf(localities, { outlierDetection: { maxEjectionPercent: 100 } }, ['x']).shares).toEqual({
      y: 1,
    });
    expect(pickOf(localities, { outlierDetection: { maxEjectionPercent: 10 } }, ['x']).shares).toEqual({
      x: 1,
    });
  });

  test('is off with consecutive5xxErrors 0 and nothing else', () => {
    const off = { maxEjectionPercent: 100, consecutive5xxErrors: 0 };
    expect(pickOf(three(), { outlierDetection: off }, ['x']).shares.x).toBeCloseTo(1 / 3);
    expect(
      pickOf(three(), { outlierDetection: { ...off, consecutiveGatewayErrors: 3 } }, ['x']).shares.x,
    ).toBeUndefined();
  });
});

describe('picking', () => {
  test('is by weight over all localities where they are not weighted', () => {
    const localities = [group('a', 0, [endpoint('x', { weight: 3 })], 3), group('b', 0, [endpoint('y')], 1)];
    expect(pickOf(localities).shares).toEqual({ x: 0.75, y: 0.25 });
  });

  test('is by the weight of localities first where they are', () => {
    const localities = [
      group('a', 0, [endpoint('x')], 80),
      group('b', 0, [endpoint('y'), endpoint('z')], 20),
    ];
    expect(pickOf(localities, { isLocalityWeighted: true }).shares).toEqual({ x: 0.8, y: 0.1, z: 0.1 });
  });

  test('serves nothing where nothing is healthy and panic is off', () => {
    expect(pickOf([group('a', 0, [endpoint('x', { health: 'unhealthy' })])])).toEqual({
      shares: {},
      unserved: 1,
    });
  });

  test('ignores health in panic', () => {
    const localities = [group('a', 0, [endpoint('x', { health: 'unhealthy' })])];
    expect(pickOf(localities, { panicThreshold: 50 })).toEqual({ shares: { x: 1 }, unserved: 0 });
  });
});
