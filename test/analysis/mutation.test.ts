import { join } from 'node:path';
import { analyze } from '../../lib/analysis/analyze';
import { CHECKS } from '../../lib/analysis/checks';
import { loadDist } from '../../lib/fleet/load';
import { everywhere, locality, m, outliers } from './everywhere';
import {
  add,
  type Draft,
  describeCluster,
  draftOf,
  fleetOfDraft,
  type Mutant,
  object,
  remove,
  spec,
  values,
} from './mutants';

const NET = 'networking.istio.io/v1';
const SEC = 'security.istio.io/v1';
const HOST = 'reviews.bookinfo.svc.cluster.local';
const demo = loadDist(join(__dirname, '..', '..', 'dist'));

/** The demo with São Paulo on a network of its own, entered by a gateway. */
function twoNetworks(): Draft {
  const draft = draftOf(demo);
  describeCluster(draft, 'sao-paulo', { network: 'on-prem' });
  object(draft, 'Namespace', 'istio-system', 'sao-paulo').manifest.metadata.labels![
    'topology.istio.io/network'
  ] = 'on-prem';
  const istiod = values(draft, 'istiod', 'sao-paulo');
  istiod.global.network = 'on-prem';
  istiod.istiodRemote.injectionPath = '/inject/cluster/sao-paulo/net/on-prem';
  const file = 'sao-paulo/helm/istio-eastwestgateway.yml';
  draft.helm.push({
    cluster: 'sao-paulo',
    name: 'istio-eastwestgateway',
    namespace: 'istio-system',
    file,
    values: { networkGateway: 'on-prem' },
  });
  const servers = [
    {
      port: { number: 15443, name: 'tls', protocol: 'TLS' },
      tls: { mode: 'AUTO_PASSTHROUGH' },
      hosts: ['*.local'],
    },
  ];
  add(
    draft,
    'Gateway',
    NET,
    'cross-network-gateway',
    { spec: { selector: { istio: 'eastwestgateway' }, servers } },
    'frankfurt',
    'istio-system',
  );
  return draft;
}

/** The same with an istiod in São Paulo that reads the same configuration there. */
function twoPrimaries(): Draft {
  const draft = twoNetworks();
  describeCluster(draft, 'sao-paulo', { controlPlane: { role: 'primary' }, configCluster: 'sao-paulo' });
  const istiod = values(draft, 'istiod', 'sao-paulo');
  delete istiod.profile;
  delete istiod.istiodRemote;
  delete istiod.global.remotePilotAddress;
  istiod.global.network = 'on-prem';
  istiod.meshConfig = { trustDomain: 'cluster.local' };
  const config = draft.objects.filter(
    ({ cluster, manifest }) =>
      cluster === 'frankfurt' &&
      /istio\.io/.test(manifest.apiVersion) &&
      !['bookinfo', 'istiod-vs', 'istiod-gateway'].includes(manifest.metadata.name),
  );
  for (const one of structuredClone(config)) draft.objects.push({ ...one, cluster: 'sao-paulo' });
  const destination = { host: HOST, subset: 'v3' };
  for (const cluster of ['frankfurt', 'sao-paulo'])
    add(
      draft,
      'VirtualService',
      NET,
      'reviews',
      { spec: { hosts: [HOST], http: [{ route: [{ destination }] }] } },
      cluster,
    );
  return draft;
}

const onDemo: Mutant[] = [
  m('no Service ratings in the remote', 'ISM0102', d => remove(d, 'Service', 'ratings', 'sao-paulo')),
  m('route to a host that is not', 'ISM0501', d => {
    spec(d, 'VirtualService', 'bookinfo').http[0].route[0].destination.host = 'productpage.bookinfo';
  }),
  m('route to a port that is not', 'ISM0501', d => {
    spec(d, 'VirtualService', 'bookinfo').http[0].route[0].destination.port.number = 80;
  }),
  m('route to a subset that is not', 'ISM0502', d => {
    spec(d, 'VirtualService', 'bookinfo').http[0].route[0].destination.subset = 'v9';
  }),
  m('gateway that is not', 'ISM0503', d => {
    spec(d, 'VirtualService', 'bookinfo').gateways = ['shop'];
  }),
  m('hosts that the gateway lacks', 'ISM0504', d => {
    spec(d, 'Gateway', 'bookinfo').servers[0].hosts = ['shop.example.com'];
    spec(d, 'VirtualService', 'bookinfo').hosts = ['bookinfo.example.com'];
  }),
  m('two routes for a mesh host', 'ISM0505', d => {
    for (const name of ['one', 'two'])
      add(d, 'VirtualService', NET, name, {
        spec: { hosts: ['reviews'], http: [{ route: [{ destination: { host: 'reviews' } }] }] },
      });
  }),
  m('route without its port', 'ISM0506', d => {
    spec(d, 'Service', 'productpage').ports.push({ name: 'http-admin', port: 9090 });
    delete spec(d, 'VirtualService', 'bookinfo').http[0].route[0].destination.port;
  }),
  m('catch-all first', 'ISM0507', d => {
    const { http } = spec(d, 'VirtualService', 'bookinfo');
    http.unshift({ route: http[0].route });
  }),
  m('match twice', 'ISM0508', d => {
    const [{ match }] = spec(d, 'VirtualService', 'bookinfo').http;
    match.push(match[0]);
  }),
  m('ingress past the mesh’s split', 'ISM0509', d =>
    add(d, 'VirtualService', NET, 'productpage', {
      spec: {
        hosts: ['productpage'],
        http: [{ route: [{ destination: { host: 'productpage', subset: 'v1' } }] }],
      },
    }),
  ),
  m('route by claims', 'ISM0510', d => {
    spec(d, 'VirtualService', 'bookinfo').http[0].match[0].headers = {
      '@request.auth.claims.group': { exact: 'dev' },
    };
  }),
  m('selector of the ingress Gateway', 'ISM0513', d => {
    spec(d, 'Gateway', 'bookinfo').selector.istio = 'ingress';
  }),
  m('selector of the istiod Gateway', 'ISM0513', d => {
    spec(d, 'Gateway', 'istiod-gateway').selector.istio = 'east-west';
  }),
  m('port of the ingress Gateway', 'ISM0514', d => {
    spec(d, 'Gateway', 'bookinfo').servers[0].port.number = 8443;
  }),
  m('second Gateway for a host', 'ISM0515', d => {
    const o = structuredClone(object(d, 'Gateway', 'bookinfo'));
    o.manifest.metadata.name = 'shop';
    d.objects.push(o);
  }),
  m('TLS server without tls', 'ISM0004', d => {
    spec(d, 'Gateway', 'bookinfo').servers[0].port.protocol = 'HTTPS';
  }),
  m('weight of 200', 'ISM0004', d => {
    spec(d, 'VirtualService', 'bookinfo').http[0].route[0].weight = 200;
  }),
  m('misspelled route', 'ISM0003', d => {
    spec(d, 'VirtualService', 'bookinfo').http[0].routes = [];
  }),
  m('two default Sidecars', 'ISM0603', d => {
    for (const name of ['one', 'two'])
      add(d, 'Sidecar', NET, name, { spec: { egress: [{ hosts: ['./*'] }] } });
  }),
  m('few hosts, ten percent', 'ISM0302', d => {
    spec(d, 'DestinationRule', 'reviews').trafficPolicy = outliers(10);
  }),
  m('mTLS permissive for reviews', 'ISM0706', d =>
    add(d, 'PeerAuthentication', SEC, 'reviews', {
      spec: { selector: { matchLabels: { app: 'reviews' } }, mtls: { mode: 'PERMISSIVE' } },
    }),
  ),
  m('mTLS off for the mesh', 'ISM0706', d => {
    spec(d, 'PeerAuthentication', 'default').mtls.mode = 'DISABLE';
  }),
  m('secret', 'ISM0710', d => add(d, 'Secret', 'v1', 'database', { stringData: { password: 'x' } })),
  m('cluster name of the primary', 'ISM0401', d => {
    values(d, 'istiod').global.multiCluster.clusterName = 'cluster1';
  }),
  m('default cluster name', 'ISM0401', d => {
    delete values(d, 'istiod').global.multiCluster;
  }),
  m('cluster in the injection path', 'ISM0401', d => {
    values(d, 'istiod', 'sao-paulo').istiodRemote.injectionPath = '/inject/cluster/remote/net/vpc';
  }),
  m('network in the injection path', 'ISM0202', d => {
    values(d, 'istiod', 'sao-paulo').istiodRemote.injectionPath = '/inject/cluster/sao-paulo/net/other';
  }),
  m('no annotation for the control plane', 'ISM0403', d => {
    delete object(d, 'Namespace', 'istio-system', 'sao-paulo').manifest.metadata.annotations;
  }),
  m('another control plane', 'ISM0403', d => {
    object(d, 'Namespace', 'istio-system', 'sao-paulo').manifest.metadata.annotations = {
      'topology.istio.io/controlPlaneClusters': 'ohio',
    };
  }),
  m('primary that serves nobody else', 'ISM0403', d => {
    delete values(d, 'istiod').global.externalIstiod;
  }),
  m('istiod by name', 'ISM0404', d => {
    values(d, 'istiod', 'sao-paulo').global.remotePilotAddress = 'istiod.example.com';
  }),
  m('mesh ID', 'ISM0405', d => {
    values(d, 'istiod', 'sao-paulo').global.meshID = 'other';
  }),
  m('revision of istiod only', 'ISM0406', d => {
    values(d, 'istiod').revision = '1-31';
  }),
  m('remote secret under another name', 'ISM0402', d => {
    add(
      d,
      'Secret',
      'v1',
      'istio-remote-secret-remote',
      { stringData: { remote: 'x' } },
      'frankfurt',
      'istio-system',
    );
    d.objects.at(-1)!.manifest.metadata.labels = { 'istio/multiCluster': 'true' };
  }),
  m('pod ranges', 'ISM0208', d => {
    for (const name of ['frankfurt', 'sao-paulo']) describeCluster(d, name, { podCidr: '10.8.0.0/14' });
  }),
  m('global Service in one cluster', 'ISM0407', d => {
    object(d, 'Service', 'reviews').manifest.metadata.labels!['istio.io/global'] = 'true';
  }),
];

const onTwoNetworks: Mutant[] = [
  m('no gateway into a network', 'ISM0201', d => {
    d.helm = d.helm.filter(
      release => release.cluster !== 'sao-paulo' || release.name !== 'istio-eastwestgateway',
    );
  }),
  m('no label of the network', 'ISM0202', d => {
    delete object(d, 'Namespace', 'istio-system', 'sao-paulo').manifest.metadata.labels;
  }),
  m('label of another network', 'ISM0202', d => {
    object(d, 'Namespace', 'istio-system', 'sao-paulo').manifest.metadata.labels![
      'topology.istio.io/network'
    ] = 'vpc';
  }),
  m('gateway of another network', 'ISM0202', d => {
    values(d, 'istio-eastwestgateway', 'sao-paulo').networkGateway = 'vpc';
  }),
  m('gateway’s port', 'ISM0203', d => {
    values(d, 'istio-eastwestgateway', 'sao-paulo').networkGatewayPorts = {
      tls: { port: 443, targetPort: 15443 },
    };
  }),
  m('nothing exposed', 'ISM0204', d => remove(d, 'Gateway', 'cross-network-gateway')),
  m('wrong hosts exposed', 'ISM0204', d => {
    spec(d, 'Gateway', 'cross-network-gateway').servers[0].hosts = ['*.global'];
  }),
  m('mode of what is exposed', 'ISM0204', d => {
    spec(d, 'Gateway', 'cross-network-gateway').servers[0].tls.mode = 'PASSTHROUGH';
  }),
  m('selector of what is exposed', 'ISM0204', d => {
    spec(d, 'Gateway', 'cross-network-gateway').selector.istio = 'eastwest';
  }),
  m('release name that changes labels', 'ISM0204', d => {
    Object.assign(values(d, 'istio-eastwestgateway', 'sao-paulo'), { name: 'gateway' });
  }),
  m('mTLS off across networks', 'ISM0205', d =>
    add(d, 'PeerAuthentication', SEC, 'reviews', {
      spec: { selector: { matchLabels: { app: 'reviews' } }, mtls: { mode: 'DISABLE' } },
    }),
  ),
  m('plain text across networks', 'ISM0205', d => {
    spec(d, 'DestinationRule', 'reviews').trafficPolicy = { tls: { mode: 'DISABLE' } };
  }),
  m('headless across networks', 'ISM0206', d => {
    for (const cluster of ['frankfurt', 'sao-paulo'])
      spec(d, 'Service', 'reviews', cluster).clusterIP = 'None';
  }),
  m('registry of a network', 'ISM0209', d => {
    values(d, 'istiod').global.meshNetworks = {
      'on-prem': {
        endpoints: [{ fromRegistry: 'saopaulo' }],
        gateways: [{ address: '198.51.100.1', port: 15443 }],
      },
    };
  }),
  m('priority by region', 'ISM0304', d => {
    spec(d, 'DestinationRule', 'reviews').trafficPolicy = locality({
      failoverPriority: ['topology.kubernetes.io/region'],
    });
  }),
  m('weights per zone behind a gateway', 'ISM0306', d => {
    spec(d, 'DestinationRule', 'reviews').trafficPolicy = locality({
      distribute: [
        {
          from: 'europe-west3/*',
          to: {
            'southamerica-east1/southamerica-east1-a': 60,
            'southamerica-east1/southamerica-east1-b': 40,
          },
        },
      ],
    });
  }),
];

const onTwoPrimaries: Mutant[] = [
  m('subset unknown where it ends', 'ISM0106', d => remove(d, 'DestinationRule', 'reviews', 'sao-paulo')),
  ...['DestinationRule', 'AuthorizationPolicy', 'Sidecar', 'VirtualService'].map(kind =>
    m(`${kind} reviews in one config cluster`, 'ISM0104', d => remove(d, kind, 'reviews', 'sao-paulo')),
  ),
  m('PeerAuthentication in one config cluster', 'ISM0104', d =>
    remove(d, 'PeerAuthentication', 'default', 'sao-paulo'),
  ),
  m('PeerAuthentications that differ', 'ISM0105', d => {
    spec(d, 'PeerAuthentication', 'default', 'sao-paulo').mtls.mode = 'PERMISSIVE';
  }),
  m('DestinationRules that differ', 'ISM0105', d => {
    spec(d, 'DestinationRule', 'reviews', 'sao-paulo').trafficPolicy = outliers(100);
  }),
  m('trust domains', 'ISM0405', d => {
    values(d, 'istiod', 'sao-paulo').meshConfig.trustDomain = 'br.example';
  }),
  m('nothing exposed in one', 'ISM0204', d => remove(d, 'Gateway', 'cross-network-gateway', 'sao-paulo')),
];

const bases = [
  { base: 'the demo', make: () => draftOf(demo), mutants: [...everywhere(demo), ...onDemo] },
  { base: 'the demo on two networks', make: twoNetworks, mutants: onTwoNetworks },
  { base: 'the demo with two primaries', make: twoPrimaries, mutants: onTwoPrimaries },
];

describe.each(bases)('$base', ({ make, mutants }) => {
  const before = analyze(fleetOfDraft(make()));

  test('has no error and no warning', () => {
    expect(
      before
        .filter(finding => finding.severity !== 'info')
        .map(
          finding => `${finding.code} ${finding.resource.kind} ${finding.resource.name}: ${finding.message}`,
        ),
    ).toEqual([]);
  });

  test.each(mutants.map(mutant => [mutant.name, mutant] as const))('broken by: %s', (_, mutant) => {
    const draft = make();
    mutant.apply(draft);
    const known = new Set(before.map(finding => JSON.stringify(finding)));
    const fresh = analyze(fleetOfDraft(draft)).filter(finding => !known.has(JSON.stringify(finding)));
    expect(fresh.map(finding => finding.code)).toContain(mutant.code);
  });
});

test('there are many mutants, of most of the checks', () => {
  const all = bases.flatMap(({ mutants }) => mutants);
  expect(all.length).toBeGreaterThanOrEqual(120);
  expect(new Set(all.map(mutant => mutant.code)).size).toBeGreaterThan(CHECKS.length * 0.7);
});
