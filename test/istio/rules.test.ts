import type { Construct } from 'constructs';
import { ModelError } from '../../lib/errors';
import * as istio from '../../lib/istio';
import { chartManifest } from './support';

const to = (subset: string, weight?: number) => ({ destination: { host: 'reviews', subset }, weight });
const route = [to('v1')];
const server = { port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*'] };
const locality = (localityLbSetting: object) => ({
  host: 'reviews',
  trafficPolicy: { loadBalancer: { localityLbSetting } },
});
const eu = { from: 'eu', to: 'us' };
const half = [{ from: 'eu/*', to: { 'eu/*': 80, 'us/*': 20 } }];

/** Constructors take typed props; what types already rule out comes through a cast, as from JavaScript. */
type Build = (scope: Construct) => unknown;
const make =
  <Props>(Kind: new (scope: Construct, id: string, props: Props) => unknown) =>
  (props: object): Build =>
  scope =>
    new Kind(scope, 'x', props as Props);
const gateway = make(istio.Gateway);
const virtualService = make(istio.VirtualService);
const destinationRule = make(istio.DestinationRule);
const serviceEntry = make(istio.ServiceEntry);
const workloadEntry = make(istio.WorkloadEntry);
const sidecar = make(istio.Sidecar);
const peer = make(istio.PeerAuthentication);
const jwt = make(istio.RequestAuthentication);
const authz = make(istio.AuthorizationPolicy);
const wasm = make(istio.WasmPlugin);
const telemetry = make(istio.Telemetry);
const proxyConfig = make(istio.ProxyConfig);

test.each<[Build, string]>([
  [gateway({ servers: [] }), 'servers is empty'],
  [gateway({ servers: [{ ...server, hosts: [] }] }), 'the server on port 80 has no hosts'],
  [gateway({ servers: [server, server] }), 'two servers have a port called "http"'],

  [virtualService({ hosts: ['reviews'] }), 'it has no route'],
  [virtualService({ hosts: [''], http: [{ route }] }), 'a host is empty'],
  [virtualService({ hosts: ['a'], http: [{}] }), 'http route 0 leads nowhere'],
  [
    virtualService({ hosts: ['a'], http: [{ name: 'n', route, redirect: {} }] }),
    'http route n has several of',
  ],
  [
    virtualService({ hosts: ['a'], http: [{ route: [to('v1', -1)] }] }),
    'http route 0 has weight -1 for reviews v1',
  ],
  [virtualService({ hosts: ['a'], http: [{ route: [to('v1', 0), to('v2')] }] }), 'all of weight 0'],
  [virtualService({ hosts: ['a'], tcp: [{ route: [to('v1', 0), to('v2', 0)] }] }), 'tcp route 0 has several'],
  [
    virtualService({ hosts: ['a'], tls: [{ match: [], route: [to('v1', -2)] }] }),
    'tls route 0 has weight -2',
  ],
  [virtualService({ gateways: ['g'], http: [{ route }] }), 'it has gateways and no hosts'],
  [virtualService({ http: [{ delegate: { name: 'a' } }] }), 'of a delegate has a delegate itself'],

  [destinationRule({ host: '' }), 'host is empty'],
  [destinationRule({ host: 'a', subsets: [{ name: 'v1' }, { name: 'v1' }] }), 'two subsets are called "v1"'],
  [destinationRule({ host: 'a', subsets: [{ name: 'V1' }] }), 'the subset name "V1" is not a DNS-1123 label'],
  [destinationRule({ host: 'a', subsets: [{ name: '' }] }), 'the subset name "" is not a DNS-1123 label'],
  [
    destinationRule(locality({ distribute: half, failover: [eu] })),
    'trafficPolicy has distribute and failover',
  ],
  [
    destinationRule(locality({ failover: [eu], failoverPriority: ['topology.kubernetes.io/zone'] })),
    'has failover and the label topology.kubernetes.io/zone',
  ],
  [destinationRule(locality({ distribute: [{ from: 'a', to: { b: 60, c: 30 } }] })), 'weights 60 + 30 = 90'],
  [destinationRule(locality({ distribute: [{ from: 'a', to: { b: 100, c: 0 } }] })), 'weights 100 + 0 = 100'],
  [destinationRule(locality({ failover: [{ from: 'eu', to: 'eu' }] })), 'fails over from "eu" to "eu"'],
  [destinationRule(locality({ failover: [{ from: 'eu/a', to: 'us' }] })), 'fails over from "eu/a" to "us"'],
  [
    destinationRule({
      host: 'a',
      trafficPolicy: {
        portLevelSettings: [
          { port: { number: 1 }, ...locality({ failover: [eu], distribute: half }).trafficPolicy },
        ],
      },
    }),
    'trafficPolicy, port 1 has distribute and failover',
  ],
  [
    destinationRule({
      host: 'a',
      subsets: [{ name: 'v1', ...locality({ failover: [eu], distribute: half }) }],
    }),
    'subset v1 has distribute and failover',
  ],
  [
    destinationRule({
      host: 'a',
      trafficPolicy: { loadBalancer: { localityLbSetting: {}, zoneAwareLbSetting: {} } },
    }),
    'has localityLbSetting and zoneAwareLbSetting',
  ],

  [serviceEntry({ hosts: [] }), 'hosts is empty'],
  [serviceEntry({ hosts: ['*'] }), "a host is '*'"],
  [
    serviceEntry({
      hosts: ['a.b'],
      ports: [
        { name: 'a', number: 1 },
        { name: 'a', number: 2 },
      ],
    }),
    'two ports are "a"',
  ],
  [
    serviceEntry({
      hosts: ['a.b'],
      ports: [
        { name: 'a', number: 1 },
        { name: 'b', number: 1 },
      ],
    }),
    'two ports are 1',
  ],
  [serviceEntry({ hosts: ['a.b'], addresses: ['10.0.0.0/8'], resolution: 'DNS' }), '10.0.0.0/8 is a CIDR'],

  [workloadEntry({ labels: {} }), 'neither an address nor a network'],
  [workloadEntry({ address: 'unix:///a', ports: { http: 1 } }), 'unix:///a comes with ports'],
  [sidecar({}), 'it configures nothing'],
  [sidecar({ egress: [{ hosts: [] }] }), 'an egress listener has no hosts'],
  [peer({ portLevelMtls: { 80: {} } }), 'portLevelMtls for 80 comes without labels'],
  [peer({ selector: { matchLabels: { a: 'b' } }, portLevelMtls: {} }), 'portLevelMtls is empty'],
  [peer({ selector: { matchLabels: { a: 'b' } }, portLevelMtls: { http: {} } }), 'has the port "http"'],
  [peer({ selector: { matchLabels: { a: 'b' } }, portLevelMtls: { 65536: {} } }), 'has the port "65536"'],
  [jwt({ jwtRules: [{ issuer: '' }] }), 'a JWT rule has no issuer'],
  [jwt({ jwtRules: [{ issuer: 'a', jwks: '{}', jwksUri: 'https://a' }] }), 'has jwks and jwksUri'],
  [authz({ rules: [{ from: [] }] }), 'rule 0 has an empty from'],
  [
    authz({ rules: [{ from: [{ source: { serviceAccounts: ['a'], principals: ['b'] } }] }] }),
    'a source of rule 0 has service accounts together with principals',
  ],
  [wasm({ url: '' }), 'url is ""'],
  [wasm({ url: 'ftp://a' }), 'url is "ftp://a"'],
  [wasm({ url: 'oci://a', sha256: 'abc' }), 'sha256 is "abc"'],
  [telemetry({ tracing: [{ randomSamplingPercentage: 101 }] }), 'randomSamplingPercentage is 101'],
  [proxyConfig({ concurrency: -1 }), 'concurrency is -1'],
])('%#: Istio would refuse it, so does the constructor: %s', (build, what) => {
  let error: unknown;
  try {
    chartManifest(build, 'bookinfo');
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(ModelError);
  const { problems } = error as ModelError;
  expect(problems.map(problem => problem.path)).toEqual(problems.map(() => 'chart/x'));
  expect(problems.map(problem => problem.what)).toContainEqual(expect.stringContaining(what));
});

test.each<[string, Build]>([
  [
    'weights are relative: they need not sum to 100',
    virtualService({ hosts: ['a'], http: [{ route: [to('v1', 300), to('v2', 1)] }] }),
  ],
  ['one destination needs no weight', virtualService({ hosts: ['a'], http: [{ route: [to('v1', 0)] }] })],
  ['without hosts it is a delegate', virtualService({ http: [{ route }] })],
  [
    'failover with priority labels that are not topology',
    destinationRule(locality({ failover: [eu], failoverPriority: ['version'] })),
  ],
  ['a distribution that sums to 100', destinationRule(locality({ distribute: half }))],
  ['ranges without resolution', serviceEntry({ hosts: ['a.b'], addresses: ['10.0.0.0/8'] })],
  ['an empty rule matches all', authz({ rules: [{}] })],
  ['no rule matches none', authz({})],
  ['a network instead of an address', workloadEntry({ network: 'vpc' })],
  ['an image without scheme', wasm({ url: 'ghcr.io/a/b:1' })],
])('Istio accepts it, so does the constructor: %s', (_, build) => {
  expect(() => chartManifest(build, 'bookinfo')).not.toThrow();
});

test('all problems of an object are reported at once', () => {
  const build = destinationRule({ host: '', subsets: [{ name: 'V1' }], metadata: { name: 'A' } });
  expect(() => chartManifest(build)).toThrow(/name "A".*host is empty.*subset name "V1"/s);
});
