import type { FleetCluster } from '../../lib/fleet/types';
import { cluster, demo, deployment, fleetOf, namespace, service } from '../fleet/meshes';
import { ask, lines } from './assign';

const rule = (policy: string, subsets = '') => `---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: reviews, namespace: bookinfo}
spec:
  host: reviews
  trafficPolicy: ${policy}
${subsets}`;
const FROM = { cluster: 'one', zone: 'one-a' };
const reviews = service('reviews');
const system = (network: string) =>
  `---\napiVersion: v1\nkind: Namespace\nmetadata: {name: istio-system, labels: {topology.istio.io/network: ${network}}}\n`;

/** Clusters one, two and three with three replicas of reviews each, one per zone. */
function three(extra = '', given: Partial<FleetCluster> = {}) {
  const text = namespace('bookinfo') + reviews + deployment('reviews', 'v1', 3) + extra;
  const names = ['one', 'two', 'three'];
  return fleetOf(
    names.map(name => cluster(name, given)),
    Object.fromEntries(names.map(name => [name, text])),
  );
}

/** Cluster one on network one; two on network two behind gateways at the given addresses. */
function twoNetworks(addresses: string[], extra = '', replicas = 3, given: Partial<FleetCluster> = {}) {
  const gateway = `---
apiVersion: v1
kind: Service
metadata: {name: ew, namespace: istio-system, labels: {topology.istio.io/network: two}}
spec: {type: LoadBalancer, ports: [{name: tls, port: 15443}]}
status: {loadBalancer: {ingress: [${addresses.map(ip => `{ip: ${ip}}`).join(', ')}]}}
`;
  const text = namespace('bookinfo') + reviews + deployment('reviews', 'v1', replicas) + extra;
  return fleetOf(
    [cluster('one', { ...given, network: 'one' }), cluster('two', { ...given, network: 'two' })],
    {
      one: system('one') + text,
      two: system('two') + gateway + text,
    },
  );
}

describe('without a policy', () => {
  test('there is no preference: every endpoint of every cluster, grouped by locality, sorted', () => {
    expect(lines(ask(demo(), { cluster: 'frankfurt', zone: 'europe-west3-a' }))).toEqual([
      'p0 w1 europe-west3/europe-west3-a/: 1 direct',
      'p0 w1 europe-west3/europe-west3-b/: 1 direct',
      'p0 w1 southamerica-east1/southamerica-east1-a/: 1 direct',
    ]);
  });

  test('endpoints have the address of their pod and the port of their slice', () => {
    const [{ endpoints }] = ask(demo(), { cluster: 'frankfurt', zone: 'europe-west3-a' }).localities;
    expect(endpoints).toMatchObject([{ cluster: 'frankfurt', network: 'vpc', weight: 1, health: 'healthy' }]);
    expect(endpoints[0].address).toMatch(/^10\.0\.0\.\d+:9080$/);
  });

  test('locality weighting is off', () => {
    expect(ask(three(), FROM).isLocalityWeighted).toBe(false);
  });
});

describe('candidates', () => {
  test('a cluster-local host is only answered in the own cluster', () => {
    const values =
      'meshConfig: {serviceSettings: [{settings: {clusterLocal: true}, hosts: ["*.bookinfo.svc.cluster.local"]}]}';
    const fleet = three();
    const local = fleetOf(
      fleet.clusters,
      Object.fromEntries(
        fleet.clusters.map(({ name }) => [
          name,
          namespace('bookinfo') + reviews + deployment('reviews', 'v1', 3),
        ]),
      ),
      { 'one/istiod': values },
    );
    expect(lines(ask(local, FROM))).toHaveLength(3);
    expect(lines(ask(local, { cluster: 'two', zone: 'two-a' }))).toHaveLength(9);
  });

  test('internalTrafficPolicy Local leaves the endpoints of the own node', () => {
    const text =
      namespace('bookinfo') +
      service('reviews', '  internalTrafficPolicy: Local\n') +
      deployment('reviews', 'v1', 3);
    const fleet = fleetOf([cluster('one'), cluster('two')], { one: text, two: text });
    expect(lines(ask(fleet, { ...FROM, node: 'one-one-b-1' }))).toEqual([
      'p0 w1 one-region/one-b/: 1 direct',
    ]);
  });

  test('ports are matched by name', () => {
    const other =
      namespace('bookinfo') +
      reviews.replace('name: http', 'name: http-web') +
      deployment('reviews', 'v1', 3);
    const own = namespace('bookinfo') + reviews + deployment('reviews', 'v1', 3);
    expect(
      lines(ask(fleetOf([cluster('one'), cluster('two')], { one: own, two: other }), FROM)),
    ).toHaveLength(3);
  });

  test('a subset selects by labels, those of the place included', () => {
    const subsets =
      '  subsets:\n  - {name: v3, labels: {version: v3}}\n  - {name: here, labels: {topology.istio.io/cluster: frankfurt, topology.kubernetes.io/zone: europe-west3-b}}\n';
    const fleet = demo({ both: rule('{}', subsets) });
    const from = { cluster: 'frankfurt', zone: 'europe-west3-a' };
    expect(lines(ask(fleet, { ...from, subset: 'v3' }))).toEqual([
      'p0 w1 southamerica-east1/southamerica-east1-a/: 1 direct',
    ]);
    expect(lines(ask(fleet, { ...from, subset: 'here' }))).toEqual([
      'p0 w1 europe-west3/europe-west3-b/: 1 direct',
    ]);
    expect(ask(fleet, { ...from, subset: 'v9' }).lacksSubset).toBe(true);
  });

  test('endpoints that are not ready are sent from 1.31 on, unless minHealthPercent is set', () => {
    const from = { ...FROM, healthOf: () => 'unhealthy' as const };
    expect(lines(ask(three(), { ...from, version: '1.31' }))[0]).toBe(
      'p0 w1 one-region/one-a/: 1 direct (1 unhealthy)',
    );
    expect(lines(ask(three(), { ...from, version: '1.30' }))).toEqual([]);
    const fleet = three(rule('{outlierDetection: {minHealthPercent: 30}}'));
    expect(lines(ask(fleet, { ...from, version: '1.31' }))).toEqual([]);
  });

  test('trafficDistribution sends them with every version', () => {
    const fleet = fleetOf([cluster('one')], {
      one:
        namespace('bookinfo') +
        service('reviews', '  trafficDistribution: PreferSameZone\n') +
        deployment('reviews', 'v1', 3),
    });
    expect(lines(ask(fleet, { ...FROM, healthOf: () => 'unhealthy', version: '1.29' }))).toHaveLength(3);
  });

  test('terminating endpoints are never sent', () => {
    expect(lines(ask(three(), { ...FROM, healthOf: () => 'terminating' }))).toEqual([]);
  });

  test('WorkloadEntries that a Service selects are endpoints with their weight and locality', () => {
    const entry =
      '---\napiVersion: networking.istio.io/v1\nkind: WorkloadEntry\nmetadata: {name: vm, namespace: bookinfo}\nspec: {address: 192.0.2.7, weight: 5, locality: r/z, labels: {app: reviews}, ports: {http: 8000}}\n';
    const assignment = ask(fleetOf([cluster('one')], { one: namespace('bookinfo') + reviews + entry }), FROM);
    expect(lines(assignment)).toEqual(['p0 w5 r/z/: 1 direct']);
    expect(assignment.localities[0].endpoints[0].address).toBe('192.0.2.7:8000');
  });
});

describe('locality failover', () => {
  const OUTLIER = '{outlierDetection: {maxEjectionPercent: 100}}';

  test('is inert without outlier detection', () => {
    const inert = three(
      rule('{loadBalancer: {localityLbSetting: {failover: [{from: one-region, to: two-region}]}}}'),
    );
    expect(new Set(ask(inert, FROM).localities.map(group => group.priority))).toEqual(new Set([0]));
  });

  test('outlier detection alone switches it on: zone, region, elsewhere', () => {
    expect(lines(ask(three(rule(OUTLIER)), FROM)).map(line => line.slice(0, 24))).toEqual([
      'p0 w1 one-region/one-a/:',
      'p1 w1 one-region/one-b/:',
      'p1 w1 one-region/one-c/:',
      ...['three', 'two'].flatMap(name =>
        ['a', 'b', 'c'].map(zone => `p2 w1 ${name}-region/${name}-${zone}/:`.slice(0, 24)),
      ),
    ]);
    expect(ask(three(rule(OUTLIER)), FROM).isLocalityWeighted).toBe(false);
  });

  test('a rule for the region puts the region it names before all others', () => {
    const fleet = three(
      rule(
        '{outlierDetection: {}, loadBalancer: {localityLbSetting: {failover: [{from: one-region, to: two-region}]}}}',
      ),
    );
    const assignment = ask(fleet, FROM);
    const byRegion = new Map(assignment.localities.map(group => [group.locality.zone, group.priority]));
    expect([
      byRegion.get('one-a'),
      byRegion.get('one-b'),
      byRegion.get('two-a'),
      byRegion.get('three-a'),
    ]).toEqual([0, 1, 2, 3]);
    expect(assignment.isLocalityWeighted).toBe(true);
  });

  test('enabled: false switches it off', () => {
    const fleet = three(rule('{outlierDetection: {}, loadBalancer: {localityLbSetting: {enabled: false}}}'));
    expect(new Set(ask(fleet, FROM).localities.map(group => group.priority))).toEqual(new Set([0]));
  });

  test('a setting for the port replaces the whole policy', () => {
    const fleet = three(
      rule('{outlierDetection: {}, portLevelSettings: [{port: {number: 9080}, connectionPool: {}}]}'),
    );
    expect(new Set(ask(fleet, FROM).localities.map(group => group.priority))).toEqual(new Set([0]));
  });

  test('failoverPriority counts the labels that match from the first on', () => {
    const fleet = three(
      rule(
        '{outlierDetection: {}, loadBalancer: {localityLbSetting: {failoverPriority: ["topology.istio.io/cluster", "topology.kubernetes.io/zone"]}}}',
      ),
    );
    const priorities = new Map(
      ask(fleet, FROM).localities.map(group => [group.locality.zone, group.priority]),
    );
    expect([priorities.get('one-a'), priorities.get('one-b'), priorities.get('two-a')]).toEqual([0, 1, 2]);
  });

  test('an entry with a value stands for that value', () => {
    const fleet = demo({
      both: rule(
        '{outlierDetection: {}, loadBalancer: {localityLbSetting: {failoverPriority: ["version=v3"]}}}',
      ),
    });
    const assignment = ask(fleet, { cluster: 'frankfurt', zone: 'europe-west3-a' });
    expect(assignment.localities.map(group => [group.locality.region, group.priority])).toEqual([
      ['europe-west3', 1],
      ['europe-west3', 1],
      ['southamerica-east1', 0],
    ]);
  });
});

describe('trafficDistribution', () => {
  const close = (networks: string[]) => {
    const text =
      namespace('bookinfo') +
      service('reviews', '  trafficDistribution: PreferClose\n') +
      deployment('reviews', 'v1', 3);
    const names = ['one', 'two'];
    return fleetOf(
      names.map((name, i) => cluster(name, { network: networks[i], region: 'r', zones: ['a', 'b', 'c'] })),
      Object.fromEntries(names.map(name => [name, text])),
    );
  };

  test('prefers the zone, then the region, without outlier detection', () => {
    const assignment = ask(close(['n', 'n']), { cluster: 'one', zone: 'a' });
    expect(lines(assignment)).toEqual([
      'p0 w2 r/a/: 2 direct',
      'p1 w2 r/b/: 2 direct',
      'p1 w2 r/c/: 2 direct',
    ]);
    expect(assignment.isLocalityWeighted).toBe(true);
  });

  test('the network is preferred from 1.31 on, so that the zone still counts beyond it', () => {
    expect(lines(ask(close(['n', 'm']), { cluster: 'one', zone: 'a', version: '1.31' }))).toEqual([
      'p0 w1 r/a/: 1 direct',
      'p2 w1 r/a/: 1 direct',
      'p1 w1 r/b/: 1 direct',
      'p3 w1 r/b/: 1 direct',
      'p1 w1 r/c/: 1 direct',
      'p3 w1 r/c/: 1 direct',
    ]);
  });

  test('the network is required before 1.31', () => {
    const assignment = ask(close(['n', 'm']), { cluster: 'one', zone: 'a', version: '1.30' });
    expect(assignment.localities.filter(group => group.priority === 2)).toHaveLength(3);
    expect(Math.max(...assignment.localities.map(group => group.priority))).toBe(2);
  });
});

describe('distribute', () => {
  const spread = (to: string) =>
    three(rule(`{loadBalancer: {localityLbSetting: {distribute: [{from: one-region/one-a/*, to: ${to}}]}}}`));

  test('shares a target among its groups by weight, rounded up', () => {
    expect(lines(ask(spread('{"one-region/*": 70, "two-region/*": 30}'), FROM))).toEqual([
      'p0 w24 one-region/one-a/: 1 direct',
      'p0 w24 one-region/one-b/: 1 direct',
      'p0 w24 one-region/one-c/: 1 direct',
      'p0 w1 three-region/three-a/: none',
      'p0 w1 three-region/three-b/: none',
      'p0 w1 three-region/three-c/: none',
      'p0 w10 two-region/two-a/: 1 direct',
      'p0 w10 two-region/two-b/: 1 direct',
      'p0 w10 two-region/two-c/: 1 direct',
    ]);
  });

  test('changes nothing for a locality that no rule is for', () => {
    expect(lines(ask(spread('{"one-region/*": 100}'), { cluster: 'one', zone: 'one-b' }))).toHaveLength(9);
  });
});

describe('other networks', () => {
  const [LOCAL, REMOTE] = [3, 3];

  test('are entered by their gateway, inside the locality of the endpoints it stands for', () => {
    expect(lines(ask(twoNetworks(['192.0.2.1']), FROM))).toEqual([
      'p0 w1 one-region/one-a/: 1 direct',
      'p0 w1 one-region/one-b/: 1 direct',
      'p0 w1 one-region/one-c/: 1 direct',
      'p0 w1 two-region/two-a/: 192.0.2.1:15443*1',
      'p0 w1 two-region/two-b/: 192.0.2.1:15443*1',
      'p0 w1 two-region/two-c/: 192.0.2.1:15443*1',
    ]);
  });

  test('weights are scaled so that several gateways can share them', () => {
    expect(lines(ask(twoNetworks(['192.0.2.2', '192.0.2.1'], '', 1), FROM))).toEqual([
      'p0 w2 one-region/one-a/: 1 direct',
      'p0 w2 two-region/two-a/: 192.0.2.1:15443*1, 192.0.2.2:15443*1',
    ]);
  });

  test('the gateway carries the weight of all endpoints of its group', () => {
    const assignment = ask(twoNetworks(['192.0.2.1'], '', 6), FROM);
    const weights = assignment.localities.map(group => group.weight);
    expect(weights).toEqual([...Array(LOCAL).fill(2), ...Array(REMOTE).fill(2)]);
  });

  test('without a gateway pod addresses are given, reachable or not', () => {
    const text = namespace('bookinfo') + reviews + deployment('reviews', 'v1', 1);
    const fleet = fleetOf([cluster('one', { network: 'one' }), cluster('two', { network: 'two' })], {
      one: text,
      two: text,
    });
    expect(lines(ask(fleet, FROM))[1]).toBe('p0 w1 two-region/two-a/: 1 direct');
  });

  test('endpoints without mTLS are dropped, their group stays empty', () => {
    const disable =
      '---\napiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: {name: d, namespace: bookinfo}\nspec: {mtls: {mode: DISABLE}}\n';
    expect(lines(ask(twoNetworks(['192.0.2.1'], disable, 1), FROM))).toEqual([
      'p0 w1 one-region/one-a/: 1 direct',
      'p0 w- two-region/two-a/: none',
    ]);
  });

  test('so are all when the client’s rule does not use Istio’s mTLS', () => {
    const fleet = twoNetworks(['192.0.2.1'], rule('{tls: {mode: SIMPLE}}'), 1);
    expect(lines(ask(fleet, FROM))[1]).toBe('p0 w- two-region/two-a/: none');
  });

  test('readiness behind a gateway is not seen: it stays healthy with its full weight', () => {
    const healthOf = (endpoint: { cluster: string }) =>
      endpoint.cluster === 'two' ? 'unhealthy' : 'healthy';
    expect(lines(ask(twoNetworks(['192.0.2.1'], '', 1), { ...FROM, healthOf }))[1]).toBe(
      'p0 w1 two-region/two-a/: 192.0.2.1:15443*1',
    );
    expect(
      lines(ask(twoNetworks(['192.0.2.1'], '', 1), { ...FROM, healthOf, version: '1.30' })),
    ).toHaveLength(1);
  });

  test('a gateway sees only the network it asked to see', () => {
    const question = { cluster: 'two', zone: 'two-a', kind: 'gateway' as const, networkView: ['two'] };
    expect(lines(ask(twoNetworks(['192.0.2.1']), question)).every(line => line.includes('two-region'))).toBe(
      true,
    );
  });

  test('region failover works across networks, failoverPriority by zone does not', () => {
    const place = { region: 'r', zones: ['a'] };
    const priorities = (policy: string) =>
      ask(twoNetworks(['192.0.2.1'], rule(policy), 1, place), { cluster: 'one', zone: 'a' }).localities.map(
        group => group.priority,
      );
    expect(priorities('{outlierDetection: {}}')).toEqual([0]);
    expect(
      priorities(
        '{outlierDetection: {}, loadBalancer: {localityLbSetting: {failoverPriority: ["topology.kubernetes.io/zone"]}}}',
      ),
    ).toEqual([0, 1]);
  });

  test('a proxy without a network uses gateways from 1.30 on', () => {
    const text = namespace('bookinfo') + reviews;
    const gateway = `---\napiVersion: v1\nkind: Service\nmetadata: {name: ew, namespace: istio-system, labels: {topology.istio.io/network: two}}\nspec: {type: LoadBalancer, loadBalancerIP: 192.0.2.1, ports: [{name: tls, port: 15443}]}\n`;
    const fleet = fleetOf([cluster('one', { network: '' }), cluster('two', { network: 'two' })], {
      one: text,
      two: text + gateway + deployment('reviews', 'v1'),
    });
    expect(lines(ask(fleet, { ...FROM, version: '1.30' }))).toEqual([
      'p0 w1 two-region/two-a/: 192.0.2.1:15443*1',
    ]);
    expect(lines(ask(fleet, { ...FROM, version: '1.29' }))).toEqual(['p0 w1 two-region/two-a/: 1 direct']);
  });
});

describe('which DestinationRule counts', () => {
  const named = (name: string, ns: string, policy: string, more = '') =>
    `---\napiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: ${name}, namespace: ${ns}}\nspec: {host: reviews.bookinfo.svc.cluster.local, trafficPolicy: ${policy}${more}}\n`;
  const hasOutlier = (text: string, from = {}) =>
    ask(three(text), { ...FROM, ...from }).outlierDetection !== undefined;

  test('only those of the config cluster are read', () => {
    const text = namespace('bookinfo') + reviews + deployment('reviews', 'v1', 3);
    const fleet = fleetOf(
      [
        cluster('one'),
        cluster('two'),
        cluster('three', { controlPlane: { role: 'remote', primary: 'two' }, configCluster: 'two' }),
      ],
      {
        one: text,
        two: text + rule('{outlierDetection: {}}'),
        three: text,
      },
    );
    expect(
      ['one', 'two', 'three'].map(
        name => ask(fleet, { cluster: name, zone: `${name}-a` }).outlierDetection !== undefined,
      ),
    ).toEqual([false, true, true]);
  });

  test('the client’s namespace comes before the service’s, and that before the root namespace', () => {
    const own = named('a', 'shop', '{}');
    const services = named('b', 'bookinfo', '{outlierDetection: {}}');
    const root = named('c', 'istio-system', '{outlierDetection: {}}');
    expect(hasOutlier(own + services, { namespace: 'shop' })).toBe(false);
    expect(hasOutlier(own + services, { namespace: 'bookinfo' })).toBe(true);
    expect(hasOutlier(root, { namespace: 'shop' })).toBe(true);
    expect(hasOutlier(named('b', 'bookinfo', '{}') + root, { namespace: 'shop' })).toBe(false);
  });

  test('a rule that is not exported does not count elsewhere', () => {
    expect(
      hasOutlier(named('b', 'bookinfo', '{outlierDetection: {}}', ', exportTo: ["."]'), {
        namespace: 'shop',
      }),
    ).toBe(false);
  });

  test('of two for one host the first by name gives the policy, both give subsets', () => {
    const subsets = (name: string) => `, subsets: [{name: ${name}, labels: {version: v1}}]`;
    const fleet = three(
      named('a', 'bookinfo', '{outlierDetection: {}}', subsets('x')) +
        named('b', 'bookinfo', '{}', subsets('y')),
    );
    expect(ask(fleet, { ...FROM, subset: 'y' })).toMatchObject({ lacksSubset: false, outlierDetection: {} });
  });
});

describe('ServiceEntries', () => {
  const HOST = 'db.example.com';
  const entry = (spec: string) =>
    `---\napiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: {name: db, namespace: bookinfo}\nspec: {hosts: [${HOST}], ports: [{number: 80, name: http, protocol: HTTP, targetPort: 8080}], ${spec}}\n`;
  const askEntry = (text: string, clusterName = 'one') => {
    const fleet = fleetOf([cluster('one'), cluster('two')], {
      one: namespace('bookinfo') + text,
      two: namespace('bookinfo') + deployment('db', 'v1'),
    });
    return ask(fleet, { cluster: clusterName, zone: `${clusterName}-a`, host: HOST });
  };

  test('list endpoints with their locality, weight and port', () => {
    const endpoints =
      'resolution: STATIC, endpoints: [{address: 192.0.2.1, locality: r/z, weight: 3}, {address: 192.0.2.2, locality: r/z, ports: {http: 9}}]';
    const assignment = askEntry(entry(endpoints));
    expect(lines(assignment)).toEqual(['p0 w4 r/z/: 2 direct']);
    expect(assignment.localities[0].endpoints.map(({ address }) => address)).toEqual([
      '192.0.2.1:8080',
      '192.0.2.2:9',
    ]);
  });

  test('select WorkloadEntries of the config cluster and pods of every cluster', () => {
    const workload =
      '---\napiVersion: networking.istio.io/v1\nkind: WorkloadEntry\nmetadata: {name: vm, namespace: bookinfo}\nspec: {address: 192.0.2.7, locality: r/z, labels: {app: db}}\n';
    const selecting = entry('resolution: STATIC, workloadSelector: {labels: {app: db}}');
    expect(lines(askEntry(selecting + workload))).toEqual([
      'p0 w1 r/z/: 1 direct',
      'p0 w1 two-region/two-a/: 1 direct',
    ]);
  });

  test('are only known where the config cluster has them', () => {
    const text = entry('resolution: STATIC, endpoints: [{address: 192.0.2.1}]');
    expect(() => askEntry(text, 'two')).toThrow('no service');
  });

  test('with DNS and no endpoints stand for their own name', () => {
    expect(askEntry(entry('resolution: DNS')).localities[0].endpoints[0].address).toBe(`${HOST}:8080`);
  });
});
