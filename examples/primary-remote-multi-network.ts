import { Bookinfo, Cluster, IngressGateway, IngressRoute, Mesh, Network } from '../lib';

/** One istiod for two clusters whose pods have no route to each other; the remote calls it by a static address. */
export function primaryRemoteMultiNetwork(outdir?: string): Mesh {
  const mesh = new Mesh({ meshId: 'shop', outdir });

  const hq = new Cluster(mesh, 'hq', {
    network: new Network(mesh, 'datacenter'),
    region: 'frankfurt',
    controlPlane: { role: 'primary', address: '198.51.100.10' },
  });
  const edge = new Cluster(mesh, 'edge', {
    network: new Network(mesh, 'cloud'),
    region: 'europe-west3',
    controlPlane: { role: 'remote', primary: hq },
  });

  const bookinfo = new Bookinfo(mesh, 'bookinfo', {
    productpage: { v1: [hq] },
    details: { v1: [hq] },
    ratings: { v1: [hq] },
    reviews: { v1: [hq], v3: [edge] },
  });

  new IngressRoute(bookinfo, 'bookinfo', {
    gateway: new IngressGateway(mesh, 'ingressgateway', { clusters: [hq] }),
    hosts: ['*'],
    rules: [{ to: bookinfo.productpage }],
  });
  return mesh;
}

if (require.main === module) primaryRemoteMultiNetwork().synth();
