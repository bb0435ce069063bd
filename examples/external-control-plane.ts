import { Bookinfo, Cluster, ControlPlaneHost, IngressGateway, IngressRoute, Mesh, Network } from '../lib';

/** An istiod that runs apart from every workload: it reads its configuration from one cluster and serves another. */
export function externalControlPlane(outdir?: string): Mesh {
  const mesh = new Mesh({ meshId: 'shop', outdir });
  const vpc = new Network(mesh, 'vpc');

  const frankfurt = new Cluster(mesh, 'frankfurt', {
    network: vpc,
    region: 'europe-west3',
    podCidrs: ['10.4.0.0/14'],
    controlPlane: {
      role: 'external',
      host: new ControlPlaneHost(mesh, 'operations'),
      address: 'istiod.example.com',
    },
  });
  const belgium = new Cluster(mesh, 'belgium', {
    network: vpc,
    region: 'europe-west1',
    podCidrs: ['10.8.0.0/14'],
    controlPlane: { role: 'remote', primary: frankfurt },
  });

  const bookinfo = new Bookinfo(mesh, 'bookinfo', {
    productpage: { v1: [frankfurt] },
    details: { v1: [frankfurt] },
    ratings: { v1: [frankfurt] },
    reviews: { v1: [frankfurt], v3: [belgium] },
  });

  new IngressRoute(bookinfo, 'bookinfo', {
    gateway: new IngressGateway(mesh, 'ingressgateway', { clusters: [frankfurt] }),
    hosts: ['*'],
    rules: [{ to: bookinfo.productpage }],
  });
  return mesh;
}

if (require.main === module) externalControlPlane().synth();
