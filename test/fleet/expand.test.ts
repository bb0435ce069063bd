import { expand } from '../../lib/fleet/expand/expand';
import { Fleet } from '../../lib/fleet/fleet';
import { parseManifests } from '../../lib/fleet/parse';
import { labelsAt, listAt, plainsAt, stringAt, stringsAt } from '../../lib/fleet/plain';
import { cluster, demo, deployment, fleetOf, namespace, service } from './meshes';

function zonesOf(fleet: Fleet, app: string): string[] {
  const nodes = new Map(
    fleet.ofKind('Node').map(({ manifest }) => [manifest.metadata.name, manifest.metadata.labels]),
  );
  return fleet
    .ofKind('Pod')
    .filter(({ manifest }) => manifest.metadata.labels?.app === app)
    .map(
      ({ manifest }) =>
        nodes.get(stringAt(manifest, 'spec', 'nodeName') ?? '')?.['topology.kubernetes.io/zone'] ?? '',
    )
    .sort();
}

const one = (text: string, given = {}) =>
  expand(fleetOf([cluster('one', given)], { one: namespace('bookinfo') + text })).fleet;

describe('expand', () => {
  test('spreads replicas over the zones as evenly as can be', () => {
    expect(zonesOf(one(deployment('reviews', 'v1', 7)), 'reviews')).toEqual([
      'one-a',
      'one-a',
      'one-a',
      'one-b',
      'one-b',
      'one-c',
      'one-c',
    ]);
  });

  test('puts single replicas of several workloads into different zones', () => {
    const fleet = one(['v1', 'v2', 'v3'].map(version => deployment('reviews', version)).join(''));
    expect(zonesOf(fleet, 'reviews')).toEqual(['one-a', 'one-b', 'one-c']);
  });

  test('keeps node selectors and required node affinity', () => {
    const selected = '      nodeSelector: {topology.kubernetes.io/zone: one-b, disk: ssd}\n';
    expect(zonesOf(one(deployment('reviews', 'v1', 2, selected)), 'reviews')).toEqual(['one-b', 'one-b']);
    const affinity =
      '      affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: topology.kubernetes.io/zone, operator: NotIn, values: [one-a]}]}]}}}\n';
    expect(zonesOf(one(deployment('reviews', 'v1', 2, affinity)), 'reviews')).toEqual(['one-b', 'one-c']);
  });

  test('says which workload has no node to run on', () => {
    const nowhere = '      nodeSelector: {topology.kubernetes.io/zone: other}\n';
    const text = namespace('bookinfo') + deployment('reviews', 'v1', 2, nowhere);
    expect(expand(fleetOf([cluster('one')], { one: text })).assumptions.join()).toContain(
      'Deployment bookinfo/reviews-v1 in one has no node it may run on',
    );
  });

  test('takes the minimum of the autoscaler, and an override over it', () => {
    const hpa =
      '---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: reviews, namespace: bookinfo}\nspec: {minReplicas: 4, maxReplicas: 9, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: reviews-v1}}\n';
    const fleet = fleetOf([cluster('one')], {
      one: namespace('bookinfo') + deployment('reviews', 'v1', 1) + hpa,
    });
    expect(expand(fleet).fleet.ofKind('Pod')).toHaveLength(4);
    const replicas = new Map([
      ['reviews-v1', 5],
      ['one/bookinfo/reviews-v1', 2],
    ]);
    expect(expand(fleet, { replicas }).fleet.ofKind('Pod')).toHaveLength(2);
  });

  test('gives injected pods what injection gives them', () => {
    const [pod] = one(deployment('reviews', 'v1')).ofKind('Pod');
    expect(labelsAt(pod.manifest, 'metadata', 'labels')).toMatchObject({
      'security.istio.io/tlsMode': 'istio',
      'topology.istio.io/network': 'vpc',
      'service.istio.io/canonical-name': 'reviews',
      'service.istio.io/canonical-revision': 'v1',
    });
  });

  test('gives pods that are not injected nothing', () => {
    const text =
      '---\napiVersion: v1\nkind: Namespace\nmetadata: {name: bookinfo}\n' + deployment('reviews', 'v1');
    const [pod] = expand(fleetOf([cluster('one')], { one: text })).fleet.ofKind('Pod');
    expect(Object.keys(labelsAt(pod.manifest, 'metadata', 'labels')).sort()).toEqual([
      'app',
      'pod-template-hash',
      'version',
    ]);
  });

  test('gives every pod an address of its own, from the range of its cluster where it is known', () => {
    const text = namespace('bookinfo') + deployment('reviews', 'v1', 5);
    const clusters = [cluster('one'), cluster('two', { podCidr: '172.20.0.0/24' }), cluster('three')];
    const { fleet } = expand(fleetOf(clusters, { one: text, two: text, three: text }));
    const addresses = fleet.ofKind('Pod').map(({ manifest }) => stringAt(manifest, 'status', 'podIP'));
    expect(new Set(addresses).size).toBe(15);
    expect(
      fleet
        .ofKind('Pod', 'two')
        .every(({ manifest }) => stringAt(manifest, 'status', 'podIP')?.startsWith('172.20.0.')),
    ).toBe(true);
  });

  test('refuses more pods than the range has addresses', () => {
    const fleet = fleetOf([cluster('one', { podCidr: '10.0.0.0/30' })], {
      one: deployment('reviews', 'v1', 5),
    });
    expect(() => expand(fleet)).toThrow(/range 10\.0\.0\.0\/30 of one is used up/);
  });

  test('makes slices with ports resolved by number, name and default', () => {
    const ports = service('reviews').replace(
      '[{name: http, port: 9080}]',
      '[{name: a, port: 80, targetPort: web}, {name: b, port: 81, targetPort: 8081}, {name: c, port: 82}, {name: d, port: 83, targetPort: unknown}]',
    );
    const [slice] = one(ports + deployment('reviews', 'v1')).ofKind('EndpointSlice.discovery.k8s.io');
    expect(plainsAt(slice.manifest, 'ports').map(port => [port.name, port.port])).toEqual([
      ['a', 9080],
      ['b', 8081],
      ['c', 82],
    ]);
    expect(plainsAt(slice.manifest, 'endpoints')).toMatchObject([
      { conditions: { ready: true, terminating: false }, targetRef: { kind: 'Pod' }, zone: 'one-a' },
    ]);
  });

  test('splits slices at a hundred endpoints', () => {
    const slices = one(service('reviews') + deployment('reviews', 'v1', 101)).ofKind(
      'EndpointSlice.discovery.k8s.io',
    );
    expect(slices.map(({ manifest }) => listAt(manifest, 'endpoints').length)).toEqual([100, 1]);
  });

  test('keeps the slices that a Service already has', () => {
    const own =
      '---\napiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: x, namespace: bookinfo, labels: {kubernetes.io/service-name: reviews}}\naddressType: IPv4\nports: [{name: http, port: 1}]\nendpoints: [{addresses: [192.0.2.1]}]\n';
    const slices = one(service('reviews') + deployment('reviews', 'v1') + own).ofKind(
      'EndpointSlice.discovery.k8s.io',
    );
    expect(
      slices.flatMap(({ manifest }) => plainsAt(manifest, 'endpoints')).map(e => stringsAt(e, 'addresses')),
    ).toEqual([['192.0.2.1']]);
  });

  test('makes of a Helm gateway release its Deployment and Service, with an address', () => {
    const fleet = fleetOf(
      [cluster('one')],
      { one: '' },
      { 'one/istio-eastwestgateway': 'networkGateway: vpc\n', 'one/istiod': '{}' },
    );
    const { fleet: expanded, objects } = expand(fleet);
    const gateway = expanded.find('one', 'Service', 'istio-system', 'istio-eastwestgateway')?.manifest;
    expect(gateway?.metadata.labels).toMatchObject({
      istio: 'eastwestgateway',
      'topology.istio.io/network': 'vpc',
    });
    expect(plainsAt(gateway, 'spec', 'ports').map(port => port.port)).toEqual([15021, 15443, 15012, 15017]);
    expect(plainsAt(gateway, 'status', 'loadBalancer', 'ingress')).toEqual([{ ip: '198.18.0.2' }]);
    expect(expanded.ofKind('Pod')).toHaveLength(1);
    expect(objects.filter(object => object.manifest.kind === 'Service')).toHaveLength(1);
  });

  test('deploys Gateways of the Gateway API as istiod does', () => {
    const text =
      'apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {name: ew, namespace: istio-system, labels: {topology.istio.io/network: vpc}}\nspec: {gatewayClassName: istio-east-west, listeners: [{name: mesh, port: 15008, protocol: HBONE}]}\n';
    const { fleet } = expand(fleetOf([cluster('one')], { one: text }));
    expect(fleet.find('one', 'Service', 'istio-system', 'ew')?.manifest.metadata.labels).toMatchObject({
      'topology.istio.io/network': 'vpc',
      'gateway.networking.k8s.io/gateway-name': 'ew',
    });
  });

  test('gives the same whatever the order of clusters and objects', () => {
    const fleet = demo();
    const turned = new Fleet({
      clusters: [...fleet.clusters].reverse(),
      objects: [...fleet.objects].reverse(),
    });
    expect(expand(turned).objects).toEqual(expand(fleet).objects);
  });

  test('gives what can be loaded again without a second expansion', () => {
    const { fleet, objects } = expand(demo());
    const text = objects.map(({ manifest }) => JSON.stringify(manifest));
    const reloaded = objects.map((object, i) => parseManifests(object.cluster, 'x.json', text[i])[0]);
    expect(expand(demo().with(reloaded)).fleet.ofKind('Pod')).toHaveLength(fleet.ofKind('Pod').length);
  });
});
