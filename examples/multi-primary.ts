import { Bookinfo, Cluster, IngressGateway, IngressRoute, Mesh, Network } from '../lib';

/** Two regions on one network, each with an istiod of its own: reviews v3 runs only in the second. */
export function multiPrimary(outdir?: string): Mesh {
  const mesh = new Mesh({ meshId: 'shop', outdir });
  const vpc = new Network(mesh, 'vpc');

  const east = new Cluster(mesh, 'east', {
    network: vpc,
    region: 'us-east1',
    podCidrs: ['10.4.0.0/14'],
    controlPlane: { role: 'primary' },
  });
  const west = new Cluster(mesh, 'west', {
    network: vpc,
    region: 'us-west1',
    podCidrs: ['10.8.0.0/14'],
    controlPlane: { role: 'primary' },
  });

  const bookinfo = new Bookinfo(mesh, 'bookinfo', {
    productpage: { v1: [east] },
    details: { v1: [east, west] },
    ratings: { v1: [east, west] },
    reviews: { v1: [east], v3: [west] },
    locality: { mode: 'failover' },
  });

  new IngressRoute(bookinfo, 'bookinfo', {
    gateway: new IngressGateway(mesh, 'ingressgateway', { clusters: [east] }),
    hosts: ['*'],
    rules: [{ to: bookinfo.productpage }],
  });
  return mesh;
}

if (require.main === module) multiPrimary().synth();
