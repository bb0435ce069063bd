import type { Fleet } from '../../lib/fleet';
import { expand, loadDist } from '../../lib/fleet';
import { fleetOf, IngressGateway, IngressRoute } from '../../lib/mesh';
import { buildWorld, whatIf } from '../../lib/traffic';
import { writtenFiles } from '../support/files';
import { service, smallMesh } from '../support/meshes';

function declared() {
  const { mesh, shop } = smallMesh();
  const cart = service(shop, 'cart', {
    calls: ['stock'],
    locality: { mode: 'failover' },
    versions: {
      v1: { image: 'example/cart:1', placement: ['a'] },
      v2: { image: 'example/cart:2', placement: ['b'], autoscaling: { minReplicas: 2, maxReplicas: 4 } },
    },
  });
  service(shop, 'stock', { versions: { v1: { image: 'example/stock:1', placement: ['b'] } } });
  new IngressRoute(shop, 'front', {
    gateway: new IngressGateway(mesh, 'edge', { clusters: ['a'] }),
    hosts: ['shop.example'],
    rules: [{ to: cart }],
  });
  return mesh;
}

/** Everything but the places that objects were read from. */
function content(fleet: Fleet) {
  return {
    clusters: fleet.clusters,
    objects: fleet.objects.map(({ cluster, manifest }) => ({ cluster, manifest })),
    helm: fleet.helm.map(({ file: _, ...release }) => release),
  };
}

function loaded(): Fleet {
  let fleet: Fleet | undefined;
  writtenFiles(outdir => {
    const mesh = declared();
    Object.defineProperty(mesh, 'outdir', { value: outdir });
    mesh.synth();
    fleet = loadDist(outdir);
  });
  return fleet!;
}

test('a mesh in memory is the same fleet as its dist', () => {
  expect(content(fleetOf(declared()))).toEqual(content(loaded()));
});

test('and requests go the same ways in both', () => {
  const answers = [fleetOf(declared()), loaded()].map(fleet =>
    whatIf(buildWorld(expand(fleet).fleet), { scenarios: [{ failures: [], mode: 'unready' }] }),
  );
  expect(answers[0]).toEqual(answers[1]);
});
