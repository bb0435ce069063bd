import { IngressGateway, IngressRoute, type LocalityPolicy, type VersionRoute } from '../../lib/mesh';
import { find, layer, service, smallMesh } from '../support/meshes';

const two = {
  v1: { image: 'example/cart:1', placement: ['a'] },
  v2: { image: 'example/cart:2', placement: ['b'] },
};

const canary: VersionRoute[] = [
  { match: { headers: { tester: 'yes' } }, to: { v2: 100 } },
  { to: { v1: 90, v2: 10 } },
];

test('without routes there is no VirtualService: every pod of every version alike', () => {
  const { mesh, shop } = smallMesh();
  service(shop, 'cart', { versions: two });
  expect(layer(mesh, 'a', 'routes')).toEqual([]);
});

test('routes become a VirtualService, a single destination without a weight', () => {
  const { mesh, shop } = smallMesh();
  service(shop, 'cart', { versions: two, routes: canary });
  const host = 'cart.shop.svc.cluster.local';
  expect(find(layer(mesh, 'a', 'routes'), 'VirtualService', 'cart').spec).toEqual({
    hosts: [host],
    http: [
      {
        match: [{ headers: { tester: { exact: 'yes' } } }],
        route: [{ destination: { host, subset: 'v2' } }],
      },
      {
        route: [
          { destination: { host, subset: 'v1' }, weight: 90 },
          { destination: { host, subset: 'v2' }, weight: 10 },
        ],
      },
    ],
  });
});

test("an ingress route repeats the service's own routes for the gateway", () => {
  const { mesh, shop } = smallMesh();
  const cart = service(shop, 'cart', { versions: two, routes: canary });
  new IngressRoute(shop, 'front', {
    gateway: new IngressGateway(mesh, 'edge', { clusters: ['a'] }),
    hosts: ['shop.example'],
    rules: [{ paths: [{ prefix: '/cart' }], to: cart }],
  });
  const { http } = find(layer(mesh, 'a', 'routes'), 'VirtualService', 'front').spec as any;
  expect(http.map((route: any) => route.match)).toEqual([
    [{ headers: { tester: { exact: 'yes' } }, uri: { prefix: '/cart' } }],
    [{ uri: { prefix: '/cart' } }],
  ]);
  expect(http[1].route[0].destination).toEqual({
    host: 'cart.shop.svc.cluster.local',
    subset: 'v1',
    port: { number: 80 },
  });
});

test('a gateway on a remote is configured where its istiod reads', () => {
  const { mesh, shop } = smallMesh();
  const cart = service(shop, 'cart');
  new IngressRoute(shop, 'front', {
    gateway: new IngressGateway(mesh, 'edge', { clusters: ['b'] }),
    hosts: ['shop.example'],
    rules: [{ to: cart }],
  });
  expect(find(layer(mesh, 'a', 'routes'), 'Gateway', 'front').spec).toEqual({
    selector: { istio: 'edge' },
    servers: [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['shop.example'] }],
  });
  expect(layer(mesh, 'b', 'routes')).toEqual([]);
});

describe('locality policy', () => {
  const rule = (locality: LocalityPolicy) => {
    const { mesh, shop } = smallMesh();
    service(shop, 'cart', { versions: two, locality });
    const applications = layer(mesh, 'a', 'applications');
    const spec = find(layer(mesh, 'a', 'mesh'), 'DestinationRule', 'cart').spec as any;
    return { trafficPolicy: spec.trafficPolicy, service: find(applications, 'Service', 'cart').spec as any };
  };

  test('spread is the default and says nothing', () => {
    expect(rule({ mode: 'spread' }).trafficPolicy).toBeUndefined();
  });

  test('failover brings the outlier detection that it needs, all hosts ejectable', () => {
    expect(rule({ mode: 'failover', regions: [{ from: 'region-a', to: 'region-b' }] }).trafficPolicy).toEqual(
      {
        loadBalancer: {
          localityLbSetting: { enabled: true, failover: [{ from: 'region-a', to: 'region-b' }] },
        },
        outlierDetection: {
          consecutive5xxErrors: 5,
          interval: '10s',
          baseEjectionTime: '30s',
          maxEjectionPercent: 100,
        },
      },
    );
  });

  test('distribute gives fixed shares', () => {
    const shares = [{ from: 'region-a/*', to: { 'region-a/*': 80, 'region-b/*': 20 } }];
    expect(rule({ mode: 'distribute', shares }).trafficPolicy).toEqual({
      loadBalancer: { localityLbSetting: { enabled: true, distribute: shares } },
    });
  });

  test("prefer-zone is the Service's own word", () => {
    const { trafficPolicy, service } = rule({ mode: 'prefer-zone' });
    expect(trafficPolicy).toBeUndefined();
    expect(service.trafficDistribution).toBe('PreferClose');
  });
});
