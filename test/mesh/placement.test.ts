import { cluster, find, layer, render, service, smallMesh, titles } from '../support/meshes';

test('a version has a Deployment and a ServiceAccount where it is placed, and nowhere else', () => {
  const { mesh, shop } = smallMesh();
  service(shop, 'cart', {
    versions: {
      v1: { image: 'example/cart:1', placement: ['a'] },
      v2: { image: 'example/cart:2', placement: ['b'] },
    },
  });
  expect(titles(layer(mesh, 'a', 'applications'))).toEqual([
    'Service shop/cart',
    'ServiceAccount shop/cart',
    'Deployment shop/cart-v1',
  ]);
  expect(titles(layer(mesh, 'b', 'applications'))).toEqual([
    'Service shop/cart',
    'ServiceAccount shop/cart',
    'Deployment shop/cart-v2',
  ]);
});

test("a callee's Service, without pods, is where its caller runs", () => {
  const { mesh, shop } = smallMesh();
  service(shop, 'stock');
  service(shop, 'cart', {
    calls: ['stock'],
    versions: { v1: { image: 'example/cart:1', placement: ['b'] } },
  });
  expect(titles(layer(mesh, 'b', 'applications'))).toEqual([
    'Service shop/cart',
    'ServiceAccount shop/cart',
    'Deployment shop/cart-v1',
    'Service shop/stock',
  ]);
});

test('a call of one version counts only where that version runs', () => {
  const { mesh, shop } = smallMesh();
  service(shop, 'stock');
  service(shop, 'cart', {
    versions: {
      v1: { image: 'example/cart:1', placement: ['b'] },
      v2: { image: 'example/cart:2', placement: ['a'], calls: ['stock'] },
    },
  });
  expect(titles(layer(mesh, 'b', 'applications'))).not.toContain('Service shop/stock');
});

test('a service that nobody calls from a cluster leaves no trace there', () => {
  const { mesh, shop } = smallMesh();
  service(shop, 'cart');
  expect(titles(render(mesh).b)).toEqual([
    'Namespace istio-system',
    'Secret istio-system/istio-reader-service-account-istio-remote-secret-token',
  ]);
});

test("configuration of a remote's service is in the config cluster alone, with its namespace", () => {
  const { mesh, shop } = smallMesh();
  service(shop, 'cart', { versions: { v1: { image: 'example/cart:1', placement: ['b'] } } });
  expect(titles(layer(mesh, 'a', 'namespaces'))).toContain('Namespace shop');
  expect(titles(layer(mesh, 'a', 'mesh'))).toEqual([
    'PeerAuthentication istio-system/default',
    'AuthorizationPolicy shop/cart',
    'DestinationRule shop/cart',
    'Sidecar shop/cart',
  ]);
  expect(layer(mesh, 'b', 'mesh')).toEqual([]);
});

test('two primaries both get the configuration of a service that one calls and the other runs', () => {
  const { mesh, shop } = smallMesh();
  cluster(mesh, 'c');
  cluster(mesh, 'd');
  service(shop, 'stock');
  service(shop, 'cart', {
    calls: ['stock'],
    versions: { v1: { image: 'example/cart:1', placement: ['c'] } },
  });
  expect(titles(layer(mesh, 'a', 'mesh'))).toContain('DestinationRule shop/stock');
  expect(titles(layer(mesh, 'c', 'mesh'))).toContain('DestinationRule shop/stock');
  expect(titles(layer(mesh, 'd', 'mesh'))).toEqual(['PeerAuthentication istio-system/default']);
});

test('placement goes by labels of clusters, or everywhere', () => {
  const { mesh, shop } = smallMesh();
  cluster(mesh, 'c', { labels: { tier: 'edge' } });
  service(shop, 'front', {
    versions: { v1: { image: 'example/front:1', placement: { matchLabels: { tier: 'edge' } } } },
  });
  service(shop, 'agent', { versions: { v1: { image: 'example/agent:1', placement: 'everywhere' } } });
  const deployments = Object.entries(render(mesh)).map(([name, all]) => [
    name,
    titles(all).filter(title => title.startsWith('Deployment')),
  ]);
  expect(deployments).toEqual([
    ['a', ['Deployment shop/agent-v1']],
    ['b', ['Deployment shop/agent-v1']],
    ['c', ['Deployment shop/agent-v1', 'Deployment shop/front-v1']],
  ]);
});

test("a cluster's override changes image, replicas and single variables there", () => {
  const { mesh, shop } = smallMesh();
  service(shop, 'cart', {
    versions: {
      v1: {
        image: 'example/cart:1',
        placement: ['a', 'b'],
        env: { LOG: 'info', REGION: 'home' },
        overrides: { b: { image: 'mirror/cart:1', replicas: 3, env: { REGION: 'away' } } },
      },
    },
  });
  const pods = (name: string) => find(layer(mesh, name, 'applications'), 'Deployment', 'cart-v1').spec as any;
  const container = (name: string) => pods(name).template.spec.containers[0];
  expect([pods('a').replicas, container('a').image, container('a').env]).toEqual([
    1,
    'example/cart:1',
    [
      { name: 'LOG', value: 'info' },
      { name: 'REGION', value: 'home' },
    ],
  ]);
  expect([pods('b').replicas, container('b').image, container('b').env]).toEqual([
    3,
    'mirror/cart:1',
    [
      { name: 'LOG', value: 'info' },
      { name: 'REGION', value: 'away' },
    ],
  ]);
});

test('an autoscaled version has an autoscaler and leaves its replicas to it', () => {
  const { mesh, shop } = smallMesh();
  service(shop, 'cart', {
    versions: {
      v1: {
        image: 'example/cart:1',
        placement: ['a', 'b'],
        overrides: { b: { autoscaling: { minReplicas: 2, maxReplicas: 6, cpuPercent: 60 } } },
      },
    },
  });
  const b = layer(mesh, 'b', 'applications');
  expect(find(b, 'Deployment', 'cart-v1').spec).not.toHaveProperty('replicas');
  expect(find(b, 'HorizontalPodAutoscaler', 'cart-v1').spec).toMatchObject({
    minReplicas: 2,
    maxReplicas: 6,
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'cart-v1' },
    metrics: [{ resource: { name: 'cpu', target: { averageUtilization: 60 } } }],
  });
  expect(titles(layer(mesh, 'a', 'applications'))).not.toContain('HorizontalPodAutoscaler shop/cart-v1');
});
