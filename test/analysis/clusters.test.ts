import { analyze } from '../../lib/analysis/analyze';
import type { Fleet } from '../../lib/fleet/fleet';
import { cluster, deployment, fleetOf, namespace, service } from '../fleet/meshes';

const HOST = 'reviews.bookinfo.svc.cluster.local';
const rule = (spec: string) =>
  `---\napiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: reviews, namespace: bookinfo}\nspec:\n  host: ${HOST}\n${spec}`;
const subset = (labels: string) => rule(`  subsets: [{name: s, labels: {${labels}}}]\n`);
const outliers = (percent: number) =>
  rule(`  trafficPolicy: {outlierDetection: {maxEjectionPercent: ${percent}}}\n`);
const base = namespace('bookinfo') + service('reviews');
const two = (one: string, other: string, given = {}) =>
  fleetOf([cluster('one'), cluster('two', given)], { one, two: other });
const codes = (fleet: Fleet) => analyze(fleet).map(finding => finding.code);

describe('a subset with the labels that Istio adds', () => {
  test.each([
    'topology.istio.io/cluster: two',
    'topology.istio.io/network: vpc',
    'topology.kubernetes.io/region: two-region',
    'topology.kubernetes.io/zone: two-b',
  ])('%s has the pods there', labels => {
    const rules = subset(labels);
    expect(codes(two(base + rules, base + deployment('reviews', 'v1') + rules))).not.toContain('ISM0107');
  });

  test.each([
    'topology.istio.io/cluster: three',
    'topology.kubernetes.io/zone: two-z',
    'topology.kubernetes.io/region: ""',
  ])('%s has none', labels => {
    const rules = subset(labels);
    expect(codes(two(base + rules, base + deployment('reviews', 'v1') + rules))).toContain('ISM0107');
  });

  test('is not asked of Services without a selector, whose endpoints others write', () => {
    const bare = namespace('bookinfo') + service('reviews').replace('  selector: {app: reviews}\n', '');
    expect(codes(two(bare + subset('version: v9'), bare + subset('version: v9')))).not.toContain('ISM0107');
  });
});

describe('ejection', () => {
  test.each([
    [10, 9, true],
    [10, 10, false],
    [34, 3, false],
    [33, 3, true],
    [50, 2, false],
  ])('of %i %% among %i hosts is impossible: %s', (percent, replicas, impossible) => {
    const text = base + deployment('reviews', 'v1', replicas) + outliers(percent);
    const fleet = fleetOf([cluster('one')], { one: text });
    expect(codes(fleet).includes('ISM0302')).toBe(impossible);
  });

  test('counts the pods of all clusters on one network', () => {
    const text = base + deployment('reviews', 'v1', 5) + outliers(10);
    expect(codes(two(text, text))).not.toContain('ISM0302');
  });

  test('counts another network as the one host that its gateway is', () => {
    const text = base + deployment('reviews', 'v1', 5) + outliers(10);
    const finding = analyze(two(text, text, { network: 'other' })).find(({ code }) => code === 'ISM0302');
    expect(finding?.message).toContain('has 6');
  });
});

describe('a Service', () => {
  test('may differ in target port and node port', () => {
    const other = service('reviews').replace('port: 9080', 'port: 9080, targetPort: 8080, nodePort: 30080');
    expect(codes(two(base, namespace('bookinfo') + other))).not.toContain('ISM0101');
  });

  test('may differ where it is kept within each cluster', () => {
    const system = (port: number) =>
      `---\napiVersion: v1\nkind: Service\nmetadata: {name: dns, namespace: kube-system}\nspec: {ports: [{name: dns, port: ${port}}]}\n`;
    expect(codes(two(system(53), system(54)))).not.toContain('ISM0101');
  });

  test('of the rarer form is the one that is reported', () => {
    const odd = service('reviews').replace('name: http', 'name: web');
    const fleet = fleetOf([cluster('a'), cluster('b'), cluster('c')], {
      a: odd,
      b: service('reviews'),
      c: service('reviews'),
    });
    expect(analyze(fleet).find(({ code }) => code === 'ISM0101')?.clusters).toEqual(['a']);
  });
});

describe('configuration', () => {
  const policy =
    '---\napiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: {name: reviews, namespace: bookinfo}\nspec: {selector: {matchLabels: {app: reviews}}}\n';

  test('for workloads that another cluster doesn’t have isn’t missing there', () => {
    expect(
      codes(two(base + deployment('reviews', 'v1') + policy, base + deployment('ratings', 'v1'))),
    ).not.toContain('ISM0104');
  });

  test('isn’t missing in a remote', () => {
    const fleet = two(base + deployment('reviews', 'v1') + policy, base + deployment('reviews', 'v1'), {
      controlPlane: { role: 'remote', primary: 'one' },
      configCluster: 'one',
    });
    expect(codes(fleet)).not.toContain('ISM0104');
  });

  test('of an external control plane is read where the inventory says', () => {
    const fleet = two(base, base + policy, {
      controlPlane: { role: 'external', primary: 'hq' },
      configCluster: 'two',
    });
    expect(codes(fleet)).not.toContain('ISM0103');
  });
});

test('a name is looked up by DNS capture where it is on', () => {
  const sidecar = `---\napiVersion: networking.istio.io/v1\nkind: Sidecar\nmetadata: {name: ratings, namespace: bookinfo}\nspec: {workloadSelector: {labels: {app: ratings}}, egress: [{hosts: [bookinfo/${HOST}]}]}\n`;
  const files = {
    one: base + deployment('reviews', 'v1'),
    two: namespace('bookinfo') + deployment('ratings', 'v1') + sidecar,
  };
  const clusters = [cluster('one'), cluster('two')];
  const capture = {
    'two/istiod': 'meshConfig: {defaultConfig: {proxyMetadata: {ISTIO_META_DNS_CAPTURE: "true"}}}',
  };
  expect(codes(fleetOf(clusters, files))).toContain('ISM0102');
  expect(codes(fleetOf(clusters, files, capture))).not.toContain('ISM0102');
});
