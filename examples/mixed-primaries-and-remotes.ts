import { Bookinfo, Cluster, IngressGateway, IngressRoute, Mesh, Network } from '../lib';

/** Two continents, an istiod on each, and a remote of its own for each: four clusters, one mesh. */
export function mixed(outdir?: string): Mesh {
  const mesh = new Mesh({ meshId: 'shop', outdir });
  const europe = new Network(mesh, 'europe');
  const america = new Network(mesh, 'america');

  const frankfurt = new Cluster(mesh, 'frankfurt', {
    network: europe,
    region: 'europe-west3',
    podCidrs: ['10.4.0.0/14'],
    controlPlane: { role: 'primary' },
  });
  const milan = new Cluster(mesh, 'milan', {
    network: europe,
    region: 'europe-west8',
    podCidrs: ['10.8.0.0/14'],
    controlPlane: { role: 'remote', primary: frankfurt },
  });
  const iowa = new Cluster(mesh, 'iowa', {
    network: america,
    region: 'us-central1',
    podCidrs: ['10.4.0.0/14'],
    controlPlane: { role: 'primary' },
  });
  const saoPaulo = new Cluster(mesh, 'sao-paulo', {
    network: america,
    region: 'southamerica-east1',
    podCidrs: ['10.8.0.0/14'],
    controlPlane: { role: 'remote', primary: iowa },
  });

  const bookinfo = new Bookinfo(mesh, 'bookinfo', {
    productpage: { v1: [frankfurt, iowa] },
    details: { v1: [frankfurt, iowa] },
    ratings: { v1: [frankfurt, iowa] },
    reviews: { v1: [frankfurt, iowa], v3: [milan, saoPaulo] },
    locality: { mode: 'failover' },
  });

  new IngressRoute(bookinfo, 'bookinfo', {
    gateway: new IngressGateway(mesh, 'ingressgateway', { clusters: [frankfurt, iowa] }),
    hosts: ['*'],
    rules: [{ to: bookinfo.productpage }],
  });
  return mesh;
}

if (require.main === module) mixed().synth();
