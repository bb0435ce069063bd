import { Bookinfo, Cluster, IngressGateway, IngressRoute, Mesh, Network } from '../lib';

/** Two clouds without a route between their pods, each with an istiod of its own; requests cross by gateways. */
export function multiPrimaryMultiNetwork(outdir?: string): Mesh {
  const mesh = new Mesh({ meshId: 'shop', outdir });

  const frankfurt = new Cluster(mesh, 'frankfurt', {
    network: new Network(mesh, 'gcp'),
    region: 'europe-west3',
    platform: 'gke',
    controlPlane: { role: 'primary' },
  });
  const ireland = new Cluster(mesh, 'ireland', {
    network: new Network(mesh, 'aws'),
    region: 'eu-west-1',
    platform: 'eks',
    controlPlane: { role: 'primary' },
  });

  const bookinfo = new Bookinfo(mesh, 'bookinfo', {
    productpage: { v1: [frankfurt] },
    details: { v1: [frankfurt, ireland] },
    ratings: { v1: [frankfurt, ireland] },
    reviews: { v1: [frankfurt], v3: [ireland] },
    locality: { mode: 'failover' },
  });

  new IngressRoute(bookinfo, 'bookinfo', {
    gateway: new IngressGateway(mesh, 'ingressgateway', { clusters: [frankfurt] }),
    hosts: ['*'],
    rules: [{ to: bookinfo.productpage }],
  });
  return mesh;
}

if (require.main === module) multiPrimaryMultiNetwork().synth();
