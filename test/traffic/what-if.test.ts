import fc from 'fast-check';
import { expand } from '../../lib/fleet/expand/expand';
import { Fleet } from '../../lib/fleet/fleet';
import { parseFailure } from '../../lib/traffic/scenario';
import { type ScenarioRows, type WhatIfQuery, whatIf } from '../../lib/traffic/what-if';
import { buildWorld } from '../../lib/traffic/world';
import { cluster, demo, deployment, fleetOf, namespace, service } from '../fleet/meshes';
import { madeUpFleet, madeUpMeshes, rule } from './meshes';

const SUBSETS = '  subsets: [{name: v1, labels: {version: v1}}, {name: v3, labels: {version: v3}}]\n';
const routes = (http: string) =>
  `---\napiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: reviews, namespace: bookinfo}\nspec:\n  hosts: [reviews]\n  http: ${http}\n`;

interface Asked extends Partial<WhatIfQuery> {
  readonly fail?: readonly string[];
  readonly mode?: 'unready' | 'failing';
}

function run(fleet: Fleet, { fail = [], mode = 'unready', ...query }: Asked = {}): ScenarioRows {
  const world = buildWorld(expand(fleet).fleet);
  const scenarios = [{ failures: fail.map(parseFailure), mode }];
  return whatIf(world, { services: ['bookinfo/reviews'], ...query, scenarios }).scenarios[0];
}

/** Shares of one client by version, cluster or zone, in percent; `lost` for what is not served. */
function by(
  result: ScenarioRows,
  part: 'version' | 'cluster' | 'zone',
  from: { cluster: string; zone?: string },
) {
  const mine = (row: { from: { cluster: string; zone: string } }) =>
    row.from.cluster === from.cluster && (!from.zone || row.from.zone === from.zone);
  const clients = new Set([...result.shares, ...result.unserved].filter(mine).map(row => row.from.zone)).size;
  const sums: Record<string, number> = {};
  for (const row of result.shares.filter(mine)) sums[row.to[part]] = (sums[row.to[part]] ?? 0) + row.share;
  for (const row of result.unserved.filter(mine)) sums.lost = (sums.lost ?? 0) + row.share;
  return Object.fromEntries(
    Object.entries(sums).map(([key, sum]) => [key, Math.round((100 * sum) / clients)]),
  );
}

const FRANKFURT = { cluster: 'frankfurt' };

describe('the demo', () => {
  test('from frankfurt reviews is answered v1, v2, v3 a third each', () => {
    expect(by(run(demo()), 'version', FRANKFURT)).toEqual({ v1: 33, v2: 33, v3: 33 });
  });

  test('with sao-paulo down a half each', () => {
    expect(by(run(demo(), { fail: ['cluster=sao-paulo'] }), 'version', FRANKFURT)).toEqual({
      v1: 50,
      v2: 50,
    });
  });

  test('with sao-paulo failing requests a third is lost: nothing can find out', () => {
    const result = run(demo(), { fail: ['cluster=sao-paulo'], mode: 'failing' });
    expect(by(result, 'version', FRANKFURT)).toEqual({ v1: 33, v2: 33, lost: 33 });
    expect(result.unserved[0].reason).toBe('sao-paulo/southamerica-east1-a fails and still gets requests');
  });

  test('a client that is down itself is not asked', () => {
    const result = run(demo(), { fail: ['cluster=sao-paulo'] });
    expect(new Set(result.shares.map(share => share.from.cluster))).toEqual(new Set(['frankfurt']));
  });

  test('a third of what frankfurt sends leaves its region, and two thirds of what sao-paulo sends', () => {
    expect(run(demo()).crossRegion).toEqual([{ service: 'bookinfo/reviews', share: 0.5 }]);
  });
});

describe('routes', () => {
  test('weights and subsets count', () => {
    const http =
      '[{route: [{destination: {host: reviews, subset: v1}, weight: 90}, {destination: {host: reviews, subset: v3}, weight: 10}]}]';
    const fleet = demo({ both: rule('{}', SUBSETS) + routes(http) });
    expect(by(run(fleet), 'version', FRANKFURT)).toEqual({ v1: 90, v3: 10 });
  });

  test('only those of the client’s config cluster count', () => {
    const http = '[{route: [{destination: {host: reviews, subset: v1}}]}]';
    const fleet = demo({ frankfurt: rule('{}', SUBSETS) + routes(http) });
    expect(by(run(fleet), 'version', FRANKFURT)).toEqual({ v1: 100 });
    expect(by(run(fleet), 'version', { cluster: 'sao-paulo' })).toEqual({ v1: 33, v2: 33, v3: 33 });
  });

  test('a subset that no rule has is lost', () => {
    const fleet = demo({ both: routes('[{route: [{destination: {host: reviews, subset: v9}}]}]') });
    const result = run(fleet);
    expect(by(result, 'version', FRANKFURT)).toEqual({ lost: 100 });
    expect(result.unserved[0].reason).toMatch(/subset v9 .* isn't in the DestinationRule/);
  });

  test('routes that depend on the request are listed, not counted; mirrors too', () => {
    const http =
      '[{match: [{headers: {end-user: {exact: jason}}}], route: [{destination: {host: reviews, subset: v3}}]}, {route: [{destination: {host: reviews, subset: v1}}], mirror: {host: details}}]';
    const world = buildWorld(expand(demo({ both: rule('{}', SUBSETS) + routes(http) })).fleet);
    const answer = whatIf(world, {
      services: ['bookinfo/reviews'],
      scenarios: [{ failures: [], mode: 'unready' }],
    });
    expect(by(answer.scenarios[0], 'version', FRANKFURT)).toEqual({ v1: 100 });
    expect(answer.conditionalRoutes[0]).toMatchObject({
      match: 'headers end-user',
      destinations: ['reviews.bookinfo.svc.cluster.local subset v3 100 %'],
    });
    expect(answer.mirrors).toEqual([
      { service: 'bookinfo/reviews', to: 'details.bookinfo.svc.cluster.local' },
    ]);
  });

  test('what is about the client is decided', () => {
    const http =
      '[{match: [{sourceLabels: {topology.istio.io/cluster: frankfurt}}], route: [{destination: {host: reviews, subset: v1}}]}, {route: [{destination: {host: reviews, subset: v3}}]}]';
    const result = run(demo({ both: rule('{}', SUBSETS) + routes(http) }));
    expect(by(result, 'version', FRANKFURT)).toEqual({ v1: 100 });
    expect(by(result, 'version', { cluster: 'sao-paulo' })).toEqual({ v3: 100 });
  });

  test('an HTTPRoute attached to the Service counts likewise', () => {
    const route =
      '---\napiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {name: reviews, namespace: bookinfo}\nspec: {parentRefs: [{group: "", kind: Service, name: reviews}], rules: [{backendRefs: [{name: details, port: 9080, weight: 1}, {name: ratings, port: 9080, weight: 3}]}]}\n';
    const result = run(demo({ both: route }));
    expect(
      result.shares
        .filter(row => row.from.zone === 'europe-west3-a')
        .map(row => row.share)
        .sort(),
    ).toEqual([0.25, 0.75]);
  });
});

describe('failures', () => {
  const spread = (policy = '') => {
    const text =
      namespace('bookinfo') + service('reviews') + deployment('reviews', 'v1', 3) + (policy && rule(policy));
    return fleetOf([cluster('one'), cluster('two')], { one: text, two: text });
  };
  const FAILOVER = '{outlierDetection: {maxEjectionPercent: 100}}';

  test('failover stays in the zone, then in the region, then goes elsewhere', () => {
    const from = { cluster: 'one', zone: 'one-a' };
    expect(by(run(spread(FAILOVER)), 'zone', from)).toEqual({ 'one-a': 100 });
    const pods = run(spread(FAILOVER), { fail: ['version=bookinfo/reviews/v1'], from: [from] });
    expect(by(pods, 'zone', from)).toEqual({ lost: 100 });
    const zone = run(spread(FAILOVER), { fail: ['zone=one-a'], from: [{ cluster: 'one', zone: 'one-b' }] });
    expect(by(zone, 'zone', { cluster: 'one' })).toEqual({ 'one-b': 100 });
  });

  test('a region that fails requests is left only if enough may be ejected', () => {
    const text = (version: string, percent: number) =>
      namespace('bookinfo') +
      service('reviews') +
      deployment('reviews', version, 3) +
      rule(`{outlierDetection: {maxEjectionPercent: ${percent}}}`);
    const from = { cluster: 'two', zone: 'two-a' };
    const failing = (percent: number) => {
      const fleet = fleetOf([cluster('one'), cluster('two')], {
        one: text('v1', percent),
        two: text('v2', percent),
      });
      return by(
        run(fleet, { fail: ['version=bookinfo/reviews/v2'], mode: 'failing', from: [from] }),
        'cluster',
        from,
      );
    };
    expect(failing(100)).toEqual({ one: 100 });
    expect(failing(50)).toEqual({ one: 100 });
    expect(failing(10)).toEqual({ lost: 100 });
  });

  test('when a primary fails its remotes keep what they knew, so that only outlier detection helps', () => {
    const text = namespace('bookinfo') + service('reviews') + deployment('reviews', 'v1', 3);
    const fleet = (policy: string) =>
      fleetOf(
        [
          cluster('one'),
          cluster('two', { controlPlane: { role: 'remote', primary: 'one' }, configCluster: 'one' }),
        ],
        {
          one: text + (policy && rule(policy)),
          two: text,
        },
      );
    const asked = { fail: ['cluster=one'], from: [{ cluster: 'two', zone: 'two-a' }] };
    expect(by(run(fleet(''), asked), 'cluster', { cluster: 'two' })).toEqual({ two: 50, lost: 50 });
    const ejecting =
      '{outlierDetection: {maxEjectionPercent: 100}, loadBalancer: {localityLbSetting: {enabled: false}}}';
    expect(by(run(fleet(ejecting), asked), 'cluster', { cluster: 'two' })).toEqual({ two: 100 });
  });

  test('a control plane that fails alone changes nothing in the steady state', () => {
    expect(run(spread(FAILOVER), { fail: ['control-plane=one'] }).shares).toEqual(
      run(spread(FAILOVER)).shares,
    );
  });

  test('part of the pods unready shifts load by Envoy’s 1.4', () => {
    const text = namespace('bookinfo') + service('reviews') + deployment('reviews', 'v1', 6) + rule(FAILOVER);
    const fleet = fleetOf([cluster('one'), cluster('two')], { one: text, two: text });
    const from = { cluster: 'one', zone: 'one-a' };
    expect(by(run(fleet, { fail: ['pods=bookinfo/reviews:50'], from: [from] }), 'zone', from)).toEqual({
      'one-a': 70,
      'one-b': 15,
      'one-c': 15,
    });
  });

  test('a failure that names nothing is refused with what there is', () => {
    expect(() => run(spread(), { fail: ['zone=nowhere'] })).toThrow(
      'the fleet has no zone "nowhere". It has: one-a, one-b',
    );
    expect(() => run(spread(), { fail: ['cluster=nowhere'] })).toThrow('The fleet has: one, two');
    expect(() => run(spread(), { fail: ['moon=full'] })).toThrow('is not a failure');
  });

  test('a name without a Service in the client’s cluster does not resolve', () => {
    const two = namespace('bookinfo') + deployment('other', 'v1');
    const fleet = fleetOf([cluster('one'), cluster('two')], {
      one: namespace('bookinfo') + service('reviews') + deployment('reviews', 'v1'),
      two,
    });
    expect(run(fleet, { from: [{ cluster: 'two', zone: 'two-a' }] }).unserved[0].reason).toMatch(
      /doesn't resolve in two/,
    );
    expect(new Set(run(fleet).shares.map(share => share.from.cluster))).toEqual(new Set(['one']));
  });
});

describe('headless services', () => {
  const mesh = (meshConfig = '') => {
    const text =
      namespace('bookinfo') +
      service('reviews', '  clusterIP: None\n') +
      deployment('reviews', 'v1', 2) +
      rule('{outlierDetection: {}}');
    return fleetOf(
      [cluster('one'), cluster('two')],
      { one: text, two: text },
      { 'one/istiod': `meshConfig: {${meshConfig}}` },
    );
  };
  const from = [{ cluster: 'one', zone: 'one-c' }];

  test('are answered by the pods of the own cluster, each alike, wherever they are', () => {
    expect(by(run(mesh(), { from }), 'zone', { cluster: 'one' })).toEqual({ 'one-a': 50, 'one-b': 50 });
  });

  test('are answered by those of all clusters on the network where the proxy answers names', () => {
    const capture = 'defaultConfig: {proxyMetadata: {ISTIO_META_DNS_CAPTURE: "true"}}';
    expect(by(run(mesh(capture), { from }), 'cluster', { cluster: 'one' })).toEqual({ one: 50, two: 50 });
  });

  test('lose what is still resolved and fails', () => {
    const asked = { from, fail: ['zone=one-a'] };
    expect(by(run(mesh(), asked), 'zone', { cluster: 'one' })).toEqual({ 'one-b': 100 });
    expect(by(run(mesh(), { ...asked, mode: 'failing' }), 'zone', { cluster: 'one' })).toEqual({
      'one-b': 50,
      lost: 50,
    });
  });
});

describe('the call graph', () => {
  const clients = (extra: string) => [
    ...new Set(run(demo({ frankfurt: extra })).shares.map(share => share.from.cluster)),
  ];
  const policy = (principal: string) =>
    `---\napiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: {name: reviews, namespace: bookinfo}\nspec: {selector: {matchLabels: {app: reviews}}, rules: [{from: [{source: {principals: [${principal}]}}]}]}\n`;

  test('nothing known: every cluster that has the Service calls it', () => {
    expect(clients('')).toEqual(['frankfurt', 'sao-paulo']);
    expect(clients(policy('"*"'))).toEqual(['frankfurt', 'sao-paulo']);
  });

  test('an AuthorizationPolicy says who calls: only the clusters where it runs do', () => {
    expect(clients(policy('cluster.local/ns/bookinfo/sa/bookinfo-productpage'))).toEqual(['frankfurt']);
    expect(clients(policy('cluster.local/ns/bookinfo/sa/nobody'))).toEqual([]);
  });

  test('so do the hosts in a Sidecar', () => {
    const sidecar = (host: string) =>
      `---\napiVersion: networking.istio.io/v1\nkind: Sidecar\nmetadata: {name: p, namespace: bookinfo}\nspec: {workloadSelector: {labels: {app: productpage}}, egress: [{hosts: ["${host}"]}]}\n`;
    expect(clients(sidecar('./reviews.bookinfo.svc.cluster.local'))).toEqual(['frankfurt']);
    expect(clients(sidecar('./*'))).toEqual(['frankfurt', 'sao-paulo']);
  });
});

describe('across networks', () => {
  const EXPOSE =
    '---\napiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: {name: cross, namespace: istio-system}\nspec: {selector: {istio: eastwestgateway}, servers: [{port: {number: 15443, name: tls, protocol: TLS}, tls: {mode: AUTO_PASSTHROUGH}, hosts: ["*.local"]}]}\n';
  const mesh = ({ expose = EXPOSE, policy = '', two = '' } = {}) => {
    const text = namespace('bookinfo') + service('reviews') + expose + (policy && rule(policy));
    const labelled = (network: string) =>
      `---\napiVersion: v1\nkind: Namespace\nmetadata: {name: istio-system, labels: {topology.istio.io/network: ${network}}}\n`;
    return fleetOf(
      [cluster('one', { network: 'n1' }), cluster('two', { network: 'n2' })],
      {
        one: labelled('n1') + text + deployment('reviews', 'v1', 3),
        two: labelled('n2') + text + deployment('reviews', 'v2', 3) + two,
      },
      {
        'one/istio-eastwestgateway': 'networkGateway: n1\n',
        'two/istio-eastwestgateway': 'networkGateway: n2\n',
      },
    );
  };
  const from = [{ cluster: 'one', zone: 'one-a' }];
  const FROM = { cluster: 'one' };

  test('one gateway address counts as one host, so three zones behind it get a quarter', () => {
    const result = run(mesh(), { from });
    expect(by(result, 'cluster', FROM)).toEqual({ one: 75, two: 25 });
    expect(by(result, 'zone', FROM)).toMatchObject({ 'two-a': 8, 'two-b': 8, 'two-c': 8 });
  });

  test('nobody hears that all pods behind a gateway are unready (1.31)', () => {
    const result = run(mesh(), { from, fail: ['version=bookinfo/reviews/v2'] });
    expect(by(result, 'cluster', FROM)).toEqual({ one: 75, lost: 25 });
    expect(result.unserved[0].reason).toMatch(/no healthy endpoint/);
  });

  test('outlier detection takes the whole network out with its gateway', () => {
    const ejecting =
      '{outlierDetection: {maxEjectionPercent: 100}, loadBalancer: {localityLbSetting: {enabled: false}}}';
    const result = run(mesh({ policy: ejecting }), { from, fail: ['cluster=two'] });
    expect(by(result, 'cluster', FROM)).toEqual({ one: 100 });
  });

  test('losing the gateway loses what goes through it', () => {
    const result = run(mesh(), { from, fail: ['gateway=two'] });
    expect(result.unserved).toMatchObject([
      { reason: 'gateway two/istio-system/istio-eastwestgateway is down', share: 0.25 },
    ]);
  });

  test('a gateway that exposes nothing resets connections', () => {
    expect(run(mesh({ expose: '' }), { from }).unserved[0].reason).toMatch(/no server with AUTO_PASSTHROUGH/);
  });

  test('a subset that the other side’s rule lacks is reset there', () => {
    const http = '[{route: [{destination: {host: reviews, subset: v2}}]}]';
    const own = rule('{}', '  subsets: [{name: v2, labels: {version: v2}}]\n') + routes(http);
    const base = mesh();
    const extra = fleetOf([cluster('one')], { one: own }).objects;
    const result = run(base.with(extra), { from });
    expect(by(result, 'cluster', FROM)).toEqual({ lost: 100 });
    expect(result.unserved[0].reason).toMatch(/subset v2 .* that two gives its clients/);
  });

  test('gateways without a view of their own network can send to each other in a loop', () => {
    const loop = mesh();
    const noView = new Fleet({
      clusters: loop.clusters,
      objects: loop.objects,
      helm: loop.helm,
    });
    const world = expand(noView).fleet;
    const pods = world.ofKind('Pod').map(object => ({
      ...object,
      manifest: { ...object.manifest, spec: { ...(object.manifest.spec as object), containers: [] } },
    }));
    const failing = parseFailure('version=bookinfo/reviews/v2');
    const answer = whatIf(buildWorld(world.with(pods)), {
      services: ['bookinfo/reviews'],
      from,
      scenarios: [{ failures: [failing, parseFailure('version=bookinfo/reviews/v1')], mode: 'unready' }],
    });
    expect(answer.scenarios[0].unserved.map(entry => entry.reason).join()).toMatch(/loop/);
  });
});

describe('ingress gateways', () => {
  const GATEWAY =
    '---\napiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: {name: bookinfo, namespace: bookinfo}\nspec: {selector: {istio: ingressgateway}, servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"]}]}\n---\napiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: bookinfo, namespace: bookinfo}\nspec: {hosts: ["*"], gateways: [bookinfo], http: [{match: [{uri: {exact: /productpage}}], route: [{destination: {host: productpage, port: {number: 9080}}}]}]}\n';
  const calls = (caller: string, host: string) =>
    `---\napiVersion: networking.istio.io/v1\nkind: Sidecar\nmetadata: {name: ${caller}, namespace: bookinfo}\nspec: {workloadSelector: {labels: {app: ${caller}}}, egress: [{hosts: ["./${host}.bookinfo.svc.cluster.local"]}]}\n`;
  const withIngress = (extra = '') => {
    const base = demo({ both: GATEWAY + extra });
    return new Fleet({
      clusters: base.clusters,
      objects: base.objects,
      helm: [
        {
          cluster: 'frankfurt',
          name: 'istio-ingressgateway',
          namespace: 'istio-system',
          file: 'x',
          values: {},
        },
      ],
    });
  };
  const all = { services: ['bookinfo/productpage', 'bookinfo/reviews', 'bookinfo/ratings'] };

  test('are clients of what their routes lead to', () => {
    expect(run(withIngress(), all).ingress.shares).toMatchObject([
      {
        gateway: 'bookinfo/bookinfo',
        from: { cluster: 'frankfurt' },
        service: 'bookinfo/productpage',
        to: { version: 'v1' },
        share: 1,
      },
    ]);
  });

  test('start what flows along the call graph, over several hops', () => {
    const fleet = withIngress(calls('productpage', 'reviews') + calls('reviews', 'ratings'));
    const { flows } = run(fleet, all);
    const total = (service: string) =>
      flows.served.filter(row => row.service === service).reduce((sum, row) => sum + row.requests, 0);
    expect(['bookinfo/productpage', 'bookinfo/reviews', 'bookinfo/ratings'].map(total)).toEqual([
      1,
      expect.closeTo(1),
      expect.closeTo(1),
    ]);
  });

  test('show what a lost front page keeps from what lies behind it', () => {
    const fleet = withIngress(calls('productpage', 'reviews'));
    const { flows } = run(fleet, { ...all, fail: ['version=bookinfo/productpage/v1'] });
    expect(flows).toMatchObject({ served: [], unserved: [{ service: 'bookinfo/productpage', requests: 1 }] });
  });

  test('follow a cycle in the call graph only so far', () => {
    const fleet = withIngress(calls('productpage', 'reviews') + calls('reviews', 'reviews'));
    const { flows } = run(fleet, all);
    const reviews = flows.served.filter(row => row.service === 'bookinfo/reviews');
    expect(reviews.reduce((sum, row) => sum + row.requests, 0)).toBeCloseTo(16);
  });
});

describe('properties', () => {
  const failures = ['', 'zone=c0-a', 'cluster=c0', 'gateway=c0', 'region=c0-region', 'control-plane=c0'];
  const asked = fc.record({
    mesh: madeUpMeshes,
    fail: fc.constantFrom(...failures),
    mode: fc.constantFrom('unready' as const, 'failing' as const),
  });

  test('shares of one client and service and what is unserved sum to 1', () => {
    fc.assert(
      fc.property(asked, ({ mesh, fail, mode }) => {
        const result = run(madeUpFleet(mesh), { fail: fail ? [fail] : [], mode });
        const sums = new Map<string, number>();
        for (const { from, share } of [...result.shares, ...result.unserved]) {
          const key = `${from.cluster}/${from.zone}`;
          sums.set(key, (sums.get(key) ?? 0) + share);
        }
        for (const sum of sums.values()) expect(sum).toBeCloseTo(1, 9);
        expect(sums.size + (fail.startsWith('zone') ? 1 : fail.match(/^(cluster|region)/) ? 3 : 0)).toBe(
          3 * mesh.clusters.length,
        );
      }),
      { numRuns: 40 },
    );
  });

  test('the order of clusters and objects does not matter', () => {
    fc.assert(
      fc.property(asked, ({ mesh, fail, mode }) => {
        const fleet = madeUpFleet(mesh);
        const turned = new Fleet({
          clusters: [...fleet.clusters].reverse().map(c => ({ ...c, zones: [...c.zones] })),
          objects: [...fleet.objects].reverse(),
          helm: [...fleet.helm].reverse(),
        });
        const query = { fail: fail ? [fail] : [], mode };
        expect(run(turned, query)).toEqual(run(fleet, query));
      }),
      { numRuns: 25 },
    );
  });

  test('with everything healthy and no policy, on one network, shares go by the number of endpoints', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 4 }), replicas => {
        const total = replicas.reduce((sum, count) => sum + count, 0);
        const result = run(
          madeUpFleet({
            clusters: replicas.map(count => ({ network: 'n1', replicas: count, primary: true })),
            policy: '',
            gateways: false,
          }),
        );
        const shares = by(result, 'cluster', { cluster: 'c0', zone: 'c0-a' });
        const expected =
          total === 0
            ? { lost: 100 }
            : Object.fromEntries(
                replicas
                  .map((count, i) => [`c${i}`, Math.round((100 * count) / total)] as const)
                  .filter(([, share]) => share > 0),
              );
        expect(shares).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });

  test('removing the pods of a version equals failing them unready, on one network', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 2, maxLength: 4 }), replicas => {
        const clusters = replicas.map(count => ({ network: 'n1', replicas: count, primary: true }));
        const without = clusters.map((entry, i) => (i === 0 ? { ...entry, replicas: 0 } : entry));
        const failed = run(madeUpFleet({ clusters, policy: '', gateways: false }), {
          fail: ['version=bookinfo/reviews/v0'],
        });
        const removed = run(madeUpFleet({ clusters: without, policy: '', gateways: false }));
        expect(by(failed, 'cluster', { cluster: 'c1' })).toEqual(by(removed, 'cluster', { cluster: 'c1' }));
      }),
      { numRuns: 30 },
    );
  });

  test('distribute is met wherever every target has a healthy endpoint', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 99 }), fc.integer({ min: 3, max: 6 }), (percent, replicas) => {
        const policy = rule(
          `{loadBalancer: {localityLbSetting: {distribute: [{from: "*", to: {"c0-region/*": ${percent}, "c1-region/*": ${100 - percent}}}]}}}`,
        );
        const clusters = [
          { network: 'n1', replicas, primary: true },
          { network: 'n1', replicas: 3, primary: true },
        ];
        const shares = by(run(madeUpFleet({ clusters, policy, gateways: false })), 'cluster', {
          cluster: 'c1',
          zone: 'c1-a',
        });
        // Istio rounds the weight of every locality up, so that each may be off by one.
        expect(Math.abs(shares.c0 - percent)).toBeLessThanOrEqual(3);
      }),
      { numRuns: 30 },
    );
  });
});
