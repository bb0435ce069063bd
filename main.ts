import { Bookinfo, Cluster, IngressGateway, IngressRoute, Mesh, Network } from './lib';

// Bookinfo over two clusters: one control plane in Frankfurt, reviews v3 alone in São Paulo.
const mesh = new Mesh({ meshId: 'bookinfo' });
const vpc = new Network(mesh, 'vpc');

const frankfurt = new Cluster(mesh, 'frankfurt', {
  network: vpc,
  region: 'europe-west3',
  zones: ['europe-west3-a', 'europe-west3-b', 'europe-west3-c'],
  podCidrs: ['10.4.0.0/14'],
  platform: 'gke',
  controlPlane: { role: 'primary' },
});
const saoPaulo = new Cluster(mesh, 'sao-paulo', {
  network: vpc,
  region: 'southamerica-east1',
  zones: ['southamerica-east1-a', 'southamerica-east1-b', 'southamerica-east1-c'],
  podCidrs: ['10.8.0.0/14'],
  platform: 'gke',
  controlPlane: { role: 'remote', primary: frankfurt },
});

const bookinfo = new Bookinfo(mesh, 'bookinfo', {
  productpage: { v1: [frankfurt] },
  details: { v1: [frankfurt] },
  ratings: { v1: [frankfurt] },
  reviews: { v1: [frankfurt], v2: [frankfurt], v3: [saoPaulo] },
});

new IngressRoute(bookinfo, 'bookinfo', {
  gateway: new IngressGateway(mesh, 'ingressgateway', { clusters: [frankfurt] }),
  hosts: ['*'],
  rules: [
    {
      paths: [
        { exact: '/productpage' },
        { prefix: '/static' },
        { exact: '/login' },
        { exact: '/logout' },
        { prefix: '/api/v1/products' },
      ],
      to: bookinfo.productpage,
    },
  ],
});

mesh.synth();
