import { ApiObject } from 'cdk8s';
import fc from 'fast-check';
import { PeerAuthentication } from '../../lib/istio';
import { IngressGateway, IngressRoute, Mesh, MeshNamespace, Network } from '../../lib/mesh';
import { writtenFiles } from '../support/files';
import { cluster, service } from '../support/meshes';

/** Independent declarations; what one needs of another is given by name, or made inside. */
const declarations: ((mesh: Mesh) => void)[] = [
  mesh => new Network(mesh, 'net'),
  mesh => new Network(mesh, 'far'),
  mesh => cluster(mesh, 'alpha'),
  mesh =>
    cluster(mesh, 'beta', { controlPlane: { role: 'remote', primary: 'alpha' }, labels: { tier: 'edge' } }),
  mesh => cluster(mesh, 'gamma', { network: 'far' }),
  mesh => {
    const delta = cluster(mesh, 'delta', {
      network: 'far',
      controlPlane: { role: 'remote', primary: 'gamma' },
    });
    new ApiObject(delta, 'mine', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'mine', namespace: 'x' },
    });
  },
  mesh => {
    const shop = new MeshNamespace(mesh, 'shop', { labels: { b: '1', a: '2' } });
    service(shop, 'cart', {
      calls: ['stock', 'office/mail'],
      versions: {
        v2: { image: 'example/cart:2', placement: ['gamma', 'alpha'], env: { B: '1', A: '2' } },
        v1: { image: 'example/cart:1', placement: 'everywhere' },
      },
    });
    service(shop, 'stock', {
      versions: { v1: { image: 'example/stock:1', placement: { matchLabels: { tier: 'edge' } } } },
    });
    new IngressRoute(shop, 'front', {
      gateway: new IngressGateway(mesh, 'edge', { clusters: ['delta', 'alpha'] }),
      hosts: ['shop.example'],
      rules: [{ to: 'cart' }],
    });
  },
  mesh => {
    const office = new MeshNamespace(mesh, 'office');
    service(office, 'mail', {
      calls: ['shop/cart'],
      versions: { v1: { image: 'example/mail:1', placement: ['beta'] } },
    });
    new PeerAuthentication(office, 'lenient', { mtls: { mode: 'PERMISSIVE' } });
  },
];

/** Everything that is written, path by path. */
function written(declare: readonly ((mesh: Mesh) => void)[], times = 1): Record<string, string> {
  const files = writtenFiles(outdir => {
    const mesh = new Mesh({ outdir });
    for (const declaration of declare) declaration(mesh);
    for (let time = 0; time < times; time++) mesh.synth();
  });
  return Object.fromEntries(files);
}

test('the order of declaration changes no byte', () => {
  const expected = written(declarations);
  expect(Object.keys(expected)).toContain('delta/40-applications.yaml');
  fc.assert(
    fc.property(fc.shuffledSubarray(declarations, { minLength: declarations.length }), shuffled => {
      expect(written(shuffled)).toEqual(expected);
    }),
    { numRuns: 40 },
  );
});

test('synthesizing twice gives the same bytes', () => {
  expect(written(declarations, 2)).toEqual(written(declarations));
});
