import {
  Bookinfo,
  Cluster,
  IngressGateway,
  IngressRoute,
  Mesh,
  MeshNamespace,
  MeshService,
  Network,
} from '../lib';

/** A control plane of the next release beside the first, in a primary and its remote; one namespace moves to it. */
export function canaryUpgrade(outdir?: string): Mesh {
  const mesh = new Mesh({
    meshId: 'shop',
    istioVersion: '1.30.5',
    revision: '1-30-5',
    canary: { revision: '1-31-1', istioVersion: '1.31.1' },
    outdir,
  });
  const vpc = new Network(mesh, 'vpc');

  const hq = new Cluster(mesh, 'hq', {
    network: vpc,
    region: 'europe-west3',
    controlPlane: { role: 'primary' },
  });
  const branch = new Cluster(mesh, 'branch', {
    network: vpc,
    region: 'europe-west1',
    controlPlane: { role: 'remote', primary: hq },
  });

  new MeshService(new MeshNamespace(mesh, 'trial', { revision: '1-31-1' }), 'echo', {
    ports: [{ name: 'http', port: 8080 }],
    versions: { v1: { image: 'docker.io/istio/app:1.31.1', placement: [branch] } },
  });
  const bookinfo = new Bookinfo(mesh, 'bookinfo', {
    productpage: { v1: [hq] },
    details: { v1: [hq] },
    ratings: { v1: [hq] },
    reviews: { v1: [hq], v3: [branch] },
  });

  new IngressRoute(bookinfo, 'bookinfo', {
    gateway: new IngressGateway(mesh, 'ingressgateway', { clusters: [hq] }),
    hosts: ['*'],
    rules: [{ to: bookinfo.productpage }],
  });
  return mesh;
}

if (require.main === module) canaryUpgrade().synth();
