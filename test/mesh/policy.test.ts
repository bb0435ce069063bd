import type { Manifest } from '../../lib/manifest';
import { IngressGateway, IngressRoute, MeshNamespace } from '../../lib/mesh';
import { find, layer, service, smallMesh } from '../support/meshes';

const principals = (manifest: Manifest) =>
  ((manifest.spec as any).rules ?? []).flatMap((rule: any) =>
    rule.from.flatMap((from: any) => from.source.principals),
  );

test('callers are let in by service account, across namespaces', () => {
  const { mesh, shop } = smallMesh();
  const office = new MeshNamespace(mesh, 'office');
  service(shop, 'stock', { serviceAccount: 'warehouse' });
  service(shop, 'cart', { calls: ['stock'] });
  service(office, 'report', { calls: ['shop/stock'], serviceAccount: 'clerk' });
  expect(principals(find(layer(mesh, 'a', 'mesh'), 'AuthorizationPolicy', 'stock'))).toEqual([
    'cluster.local/ns/office/sa/clerk',
    'cluster.local/ns/shop/sa/cart',
  ]);
});

test('a service that nobody is declared to call lets nobody in', () => {
  const { mesh, shop } = smallMesh();
  service(shop, 'cart');
  expect(find(layer(mesh, 'a', 'mesh'), 'AuthorizationPolicy', 'cart').spec).toEqual({
    selector: { matchLabels: { app: 'cart' } },
    action: 'ALLOW',
  });
});

test('an ingress gateway that leads to a service is let in', () => {
  const { mesh, shop } = smallMesh();
  const cart = service(shop, 'cart');
  new IngressRoute(shop, 'front', {
    gateway: new IngressGateway(mesh, 'edge', { clusters: ['a'], namespace: 'ingress' }),
    hosts: ['shop.example'],
    rules: [{ to: cart }],
  });
  expect(principals(find(layer(mesh, 'a', 'mesh'), 'AuthorizationPolicy', 'cart'))).toEqual([
    'cluster.local/ns/ingress/sa/istio-edge',
  ]);
});

test('proxies know the hosts that their service calls, and no others', () => {
  const { mesh, shop } = smallMesh();
  service(shop, 'stock');
  service(shop, 'price');
  service(shop, 'cart', { calls: ['stock'] });
  expect(find(layer(mesh, 'a', 'mesh'), 'Sidecar', 'cart').spec).toEqual({
    workloadSelector: { labels: { app: 'cart' } },
    egress: [{ hosts: ['shop/stock.shop.svc.cluster.local', 'istio-system/*'] }],
    outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' },
  });
});

test('a namespace may let its pods call anything, when it says so', () => {
  const { mesh } = smallMesh();
  service(new MeshNamespace(mesh, 'open', { outbound: 'allow-any' }), 'crawler');
  expect(find(layer(mesh, 'a', 'mesh'), 'Sidecar', 'crawler').spec).not.toHaveProperty(
    'outboundTrafficPolicy',
  );
});

test('pods meet Pod Security "restricted"', () => {
  const { mesh, shop } = smallMesh();
  service(shop, 'cart');
  const { template } = find(layer(mesh, 'a', 'applications'), 'Deployment', 'cart-v1').spec as any;
  expect(template.spec.securityContext).toMatchObject({
    runAsNonRoot: true,
    seccompProfile: { type: 'RuntimeDefault' },
  });
  expect(template.spec.containers[0].securityContext).toEqual({
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    privileged: false,
    readOnlyRootFilesystem: true,
    runAsNonRoot: true,
  });
  expect(template.metadata.labels).toEqual({ app: 'cart', version: 'v1' });
});

test('mesh-wide mutual TLS is strict unless asked otherwise', () => {
  const { mesh } = smallMesh();
  expect(find(layer(mesh, 'a', 'mesh'), 'PeerAuthentication', 'default').spec).toEqual({
    mtls: { mode: 'STRICT' },
  });
});
