import { Bookinfo, Cluster, IngressGateway, IngressRoute, Mesh, Network } from '../lib';

/** One istiod for two clusters on one network: the remote has none. */
export function primaryRemote(outdir?: string): Mesh {
  const mesh = new Mesh({ meshId: 'shop', outdir });
  const vpc = new Network(mesh, 'vpc');

  const hq = new Cluster(mesh, 'hq', {
    network: vpc,
    region: 'europe-west3',
    podCidrs: ['10.4.0.0/14'],
    controlPlane: { role: 'primary' },
  });
  const branch = new Cluster(mesh, 'branch', {
    network: vpc,
    region: 'europe-west1',
    podCidrs: ['10.8.0.0/14'],
    controlPlane: { role: 'remote', primary: hq },
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

if (require.main === module) primaryRemote().synth();
