import { Bookinfo, Cluster, IngressGateway, IngressRoute, Mesh, Network } from '../lib';

/** Two networks without sidecars: ztunnels carry requests from one cluster to the other through HBONE gateways. */
export function ambientMultiNetwork(outdir?: string): Mesh {
  const mesh = new Mesh({ meshId: 'shop', dataPlane: 'ambient', outdir });

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
    // Failover needs a DestinationRule, which in an ambient mesh a waypoint obeys: it comes with it.
    locality: { mode: 'failover' },
  });

  new IngressRoute(bookinfo, 'bookinfo', {
    gateway: new IngressGateway(mesh, 'ingressgateway', { clusters: [frankfurt] }),
    hosts: ['*'],
    rules: [{ to: bookinfo.productpage }],
  });
  return mesh;
}

if (require.main === module) ambientMultiNetwork().synth();
