import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expand } from '../../lib/fleet/expand/expand';
import { type FailureMode, parseFailure } from '../../lib/traffic/scenario';
import { whatIf } from '../../lib/traffic/what-if';
import { buildWorld } from '../../lib/traffic/world';
import { DISTRIBUTION, FAILOVER, helloWorld } from './locality-example';

const PAGE = readFileSync(join(__dirname, '../../docs/traffic.md'), 'utf8');

/** The answers for a client in region1/zone1, one line per set of zones whose pods are down. */
function answers(policy: string, downs: readonly string[][], mode: FailureMode): string[] {
  const world = buildWorld(expand(helloWorld(policy)).fleet);
  const { scenarios } = whatIf(world, {
    services: ['bookinfo/helloworld'],
    from: [{ cluster: 'primary', zone: 'zone1' }],
    scenarios: downs.map(zones => ({
      failures: zones.map(zone => parseFailure(`version=bookinfo/helloworld/${zone}`)),
      mode,
    })),
  });
  return scenarios.map((scenario, i) => {
    const byZone = [...scenario.shares].sort((a, b) => (a.to.zone < b.to.zone ? -1 : 1));
    const served = byZone.map(({ share, to }) => `${Math.round(share * 100)} % ${to.region}/${to.zone}`);
    const lost = scenario.unserved.map(({ share }) => `${Math.round(share * 100)} % lost`);
    return `${downs[i].join(', ') || 'none'}: ${[...served, ...lost].join(', ')}`;
  });
}

const DOWNS = [[], ['zone1'], ['zone1', 'zone2'], ['zone1', 'zone2', 'zone3']];

describe('Istio’s locality load balancing task', () => {
  test('failover goes zone by zone, then to the region that the rule names, then to the last', () => {
    const lines = answers(FAILOVER, DOWNS, 'unready');
    expect(lines).toEqual([
      'none: 100 % region1/zone1',
      'zone1: 100 % region1/zone2',
      'zone1, zone2: 100 % region2/zone3',
      'zone1, zone2, zone3: 100 % region3/zone4',
    ]);
    for (const line of lines) expect(PAGE).toContain(line);
  });

  test('if pods stay ready and fail requests, the default maxEjectionPercent ejects none of four', () => {
    expect(answers(FAILOVER, [['zone1']], 'failing')).toEqual(['zone1: 100 % lost']);
    expect(PAGE).toContain('zone1: 100 % lost');
    const ejecting = FAILOVER.replace('interval: 1s', 'interval: 1s, maxEjectionPercent: 100');
    expect(answers(ejecting, DOWNS, 'failing')).toEqual(answers(FAILOVER, DOWNS, 'unready'));
  });

  test('distribution gives 70, 20 and 10 percent, and nothing to the region it leaves out', () => {
    const [line] = answers(DISTRIBUTION, [[]], 'unready');
    expect(line).toBe('none: 70 % region1/zone1, 20 % region1/zone2, 10 % region3/zone4');
    expect(PAGE).toContain(line.replace('none: ', ''));
  });
});
