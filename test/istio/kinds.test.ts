import type { Construct } from 'constructs';
import { stringify } from 'yaml';
import FIELDS from '../../imports/fields.json';
import * as istio from '../../lib/istio';
import { hasIstioValidator, validateManifest } from '../support/validate';
import { chartManifest } from './support';

/** YAML of one object, after it was found valid and without unknown fields. */
function yamlOf(build: (scope: Construct) => unknown): string {
  const manifest = chartManifest(build, 'bookinfo');
  expect(validateManifest(manifest)).toEqual([]);
  return `\n${stringify(manifest)}`;
}

test('Gateway', () => {
  const build = (scope: Construct) =>
    new istio.Gateway(scope, 'bookinfo', {
      selector: { istio: 'ingressgateway' },
      servers: [
        { port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*'] },
        {
          port: { number: 443, name: 'https', protocol: 'HTTPS' },
          hosts: ['bookinfo.example.com'],
          tls: { mode: 'SIMPLE', credentialName: 'bookinfo-cert' },
        },
      ],
    });
  expect(yamlOf(build)).toMatchInlineSnapshot(`
"
apiVersion: networking.istio.io/v1
kind: Gateway
metadata:
  name: bookinfo
  namespace: bookinfo
spec:
  selector:
    istio: ingressgateway
  servers:
    - hosts:
        - "*"
      port:
        name: http
        number: 80
        protocol: HTTP
    - hosts:
        - bookinfo.example.com
      port:
        name: https
        number: 443
        protocol: HTTPS
      tls:
        credentialName: bookinfo-cert
        mode: SIMPLE
"
`);
});

test('VirtualService', () => {
  const build = (scope: Construct) =>
    new istio.VirtualService(scope, 'reviews', {
      hosts: ['reviews'],
      http: [
        {
          match: [{ headers: { 'end-user': { exact: 'jason' } } }],
          route: [{ destination: { host: 'reviews', subset: 'v2' } }],
        },
        {
          route: [
            { destination: { host: 'reviews', subset: 'v1' }, weight: 90 },
            { destination: { host: 'reviews', subset: 'v3' }, weight: 10 },
          ],
          retries: { attempts: 2, perTryTimeout: '1s' },
        },
      ],
    });
  expect(yamlOf(build)).toMatchInlineSnapshot(`
"
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: reviews
  namespace: bookinfo
spec:
  hosts:
    - reviews
  http:
    - match:
        - headers:
            end-user:
              exact: jason
      route:
        - destination:
            host: reviews
            subset: v2
    - retries:
        attempts: 2
        perTryTimeout: 1s
      route:
        - destination:
            host: reviews
            subset: v1
          weight: 90
        - destination:
            host: reviews
            subset: v3
          weight: 10
"
`);
});

test('DestinationRule', () => {
  const build = (scope: Construct) =>
    new istio.DestinationRule(scope, 'reviews', {
      host: 'reviews',
      subsets: [{ name: 'v1', labels: { version: 'v1' } }],
      trafficPolicy: {
        loadBalancer: {
          simple: 'LEAST_REQUEST',
          localityLbSetting: { failover: [{ from: 'europe-west3', to: 'southamerica-east1' }] },
        },
        outlierDetection: { consecutive5XxErrors: 5, maxEjectionPercent: 100 },
        tls: { mode: 'ISTIO_MUTUAL' },
      },
    });
  expect(yamlOf(build)).toMatchInlineSnapshot(`
"
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata:
  name: reviews
  namespace: bookinfo
spec:
  host: reviews
  subsets:
    - labels:
        version: v1
      name: v1
  trafficPolicy:
    loadBalancer:
      localityLbSetting:
        failover:
          - from: europe-west3
            to: southamerica-east1
      simple: LEAST_REQUEST
    outlierDetection:
      consecutive5xxErrors: 5
      maxEjectionPercent: 100
    tls:
      mode: ISTIO_MUTUAL
"
`);
});

test('ServiceEntry', () => {
  const build = (scope: Construct) =>
    new istio.ServiceEntry(scope, 'books', {
      hosts: ['www.googleapis.com'],
      ports: [{ number: 443, name: 'tls', protocol: 'TLS' }],
      resolution: 'DNS',
      location: 'MESH_EXTERNAL',
    });
  expect(yamlOf(build)).toMatchInlineSnapshot(`
"
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata:
  name: books
  namespace: bookinfo
spec:
  hosts:
    - www.googleapis.com
  location: MESH_EXTERNAL
  ports:
    - name: tls
      number: 443
      protocol: TLS
  resolution: DNS
"
`);
});

test('WorkloadEntry', () => {
  const build = (scope: Construct) =>
    new istio.WorkloadEntry(scope, 'ratings-vm', {
      address: '10.1.2.3',
      labels: { app: 'ratings' },
      serviceAccount: 'bookinfo-ratings',
      network: 'vpc',
      locality: 'europe-west3/europe-west3-a',
    });
  expect(yamlOf(build)).toMatchInlineSnapshot(`
"
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata:
  name: ratings-vm
  namespace: bookinfo
spec:
  address: 10.1.2.3
  labels:
    app: ratings
  locality: europe-west3/europe-west3-a
  network: vpc
  serviceAccount: bookinfo-ratings
"
`);
});

test('WorkloadGroup: entryMetadata is the metadata of the spec', () => {
  const build = (scope: Construct) =>
    new istio.WorkloadGroup(scope, 'ratings-vm', {
      metadata: { labels: { team: 'books' } },
      entryMetadata: { labels: { app: 'ratings' } },
      template: { serviceAccount: 'bookinfo-ratings', ports: { http: 9080 } },
      probe: { httpGet: { port: 9080, path: '/health' } },
    });
  expect(yamlOf(build)).toMatchInlineSnapshot(`
"
apiVersion: networking.istio.io/v1
kind: WorkloadGroup
metadata:
  labels:
    team: books
  name: ratings-vm
  namespace: bookinfo
spec:
  metadata:
    labels:
      app: ratings
  probe:
    httpGet:
      path: /health
      port: 9080
  template:
    ports:
      http: 9080
    serviceAccount: bookinfo-ratings
"
`);
});

test('Sidecar', () => {
  const build = (scope: Construct) =>
    new istio.Sidecar(scope, 'productpage', {
      workloadSelector: { labels: { app: 'productpage' } },
      egress: [{ hosts: ['./details.bookinfo.svc.cluster.local', 'istio-system/*'] }],
      outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' },
    });
  expect(yamlOf(build)).toMatchInlineSnapshot(`
"
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata:
  name: productpage
  namespace: bookinfo
spec:
  egress:
    - hosts:
        - ./details.bookinfo.svc.cluster.local
        - istio-system/*
  outboundTrafficPolicy:
    mode: REGISTRY_ONLY
  workloadSelector:
    labels:
      app: productpage
"
`);
});

test('EnvoyFilter', () => {
  const build = (scope: Construct) =>
    new istio.EnvoyFilter(scope, 'lua', {
      workloadSelector: { labels: { app: 'productpage' } },
      configPatches: [
        {
          applyTo: 'HTTP_FILTER',
          match: { context: 'SIDECAR_INBOUND' },
          patch: {
            operation: 'INSERT_BEFORE',
            value: { name: 'lua', typed_config: { '@type': 'x', a5XxB: 1 } },
          },
        },
      ],
    });
  expect(yamlOf(build)).toMatchInlineSnapshot(`
"
apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata:
  name: lua
  namespace: bookinfo
spec:
  configPatches:
    - applyTo: HTTP_FILTER
      match:
        context: SIDECAR_INBOUND
      patch:
        operation: INSERT_BEFORE
        value:
          name: lua
          typed_config:
            "@type": x
            a5XxB: 1
  workloadSelector:
    labels:
      app: productpage
"
`);
});

test('ProxyConfig', () => {
  const build = (scope: Construct) =>
    new istio.ProxyConfig(scope, 'default', {
      concurrency: 0,
      environmentVariables: { ISTIO_META_DNS_CAPTURE: 'true' },
      image: { imageType: 'distroless' },
    });
  expect(yamlOf(build)).toMatchInlineSnapshot(`
"
apiVersion: networking.istio.io/v1beta1
kind: ProxyConfig
metadata:
  name: default
  namespace: bookinfo
spec:
  concurrency: 0
  environmentVariables:
    ISTIO_META_DNS_CAPTURE: "true"
  image:
    imageType: distroless
"
`);
});

test('PeerAuthentication', () => {
  const build = (scope: Construct) =>
    new istio.PeerAuthentication(scope, 'ratings', {
      selector: { matchLabels: { app: 'ratings' } },
      mtls: { mode: 'STRICT' },
      portLevelMtls: { 8080: { mode: 'PERMISSIVE' } },
    });
  expect(yamlOf(build)).toMatchInlineSnapshot(`
"
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata:
  name: ratings
  namespace: bookinfo
spec:
  mtls:
    mode: STRICT
  portLevelMtls:
    "8080":
      mode: PERMISSIVE
  selector:
    matchLabels:
      app: ratings
"
`);
});

test('RequestAuthentication', () => {
  const build = (scope: Construct) =>
    new istio.RequestAuthentication(scope, 'ingress', {
      targetRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'bookinfo' }],
      jwtRules: [{ issuer: 'https://issuer.example.com', jwksUri: 'https://issuer.example.com/keys' }],
    });
  expect(yamlOf(build)).toMatchInlineSnapshot(`
"
apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata:
  name: ingress
  namespace: bookinfo
spec:
  jwtRules:
    - issuer: https://issuer.example.com
      jwks_uri: https://issuer.example.com/keys
  targetRefs:
    - group: gateway.networking.k8s.io
      kind: Gateway
      name: bookinfo
"
`);
});

test('AuthorizationPolicy', () => {
  const build = (scope: Construct) =>
    new istio.AuthorizationPolicy(scope, 'ratings', {
      selector: { matchLabels: { app: 'ratings' } },
      action: 'ALLOW',
      rules: [
        {
          from: [{ source: { principals: ['cluster.local/ns/bookinfo/sa/bookinfo-reviews'] } }],
          to: [{ operation: { methods: ['GET'] } }],
        },
      ],
    });
  expect(yamlOf(build)).toMatchInlineSnapshot(`
"
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata:
  name: ratings
  namespace: bookinfo
spec:
  action: ALLOW
  rules:
    - from:
        - source:
            principals:
              - cluster.local/ns/bookinfo/sa/bookinfo-reviews
      to:
        - operation:
            methods:
              - GET
  selector:
    matchLabels:
      app: ratings
"
`);
});

test('Telemetry', () => {
  const build = (scope: Construct) =>
    new istio.Telemetry(scope, 'default', {
      accessLogging: [{ providers: [{ name: 'envoy' }], filter: { expression: 'response.code >= 500' } }],
      tracing: [
        { randomSamplingPercentage: 1, customTags: { cluster: { literal: { value: 'frankfurt' } } } },
      ],
    });
  expect(yamlOf(build)).toMatchInlineSnapshot(`
"
apiVersion: telemetry.istio.io/v1
kind: Telemetry
metadata:
  name: default
  namespace: bookinfo
spec:
  accessLogging:
    - filter:
        expression: response.code >= 500
      providers:
        - name: envoy
  tracing:
    - customTags:
        cluster:
          literal:
            value: frankfurt
      randomSamplingPercentage: 1
"
`);
});

test('WasmPlugin', () => {
  const build = (scope: Construct) =>
    new istio.WasmPlugin(scope, 'basic-auth', {
      selector: { matchLabels: { istio: 'ingressgateway' } },
      url: 'oci://ghcr.io/istio-ecosystem/wasm-extensions/basic_auth:1.12.0',
      phase: 'AUTHN',
      failStrategy: 'FAIL_OPEN',
      pluginConfig: { basic_auth_rules: [{ prefix: '/productpage', a5XxB: null }] },
    });
  expect(yamlOf(build)).toMatchInlineSnapshot(`
"
apiVersion: extensions.istio.io/v1alpha1
kind: WasmPlugin
metadata:
  name: basic-auth
  namespace: bookinfo
spec:
  failStrategy: FAIL_OPEN
  phase: AUTHN
  pluginConfig:
    basic_auth_rules:
      - prefix: /productpage
  selector:
    matchLabels:
      istio: ingressgateway
  url: oci://ghcr.io/istio-ecosystem/wasm-extensions/basic_auth:1.12.0
"
`);
});

test('every kind of Istio 1.31 that we bind has a construct, but TrafficExtension, which is new', () => {
  const kinds = Object.keys(FIELDS)
    .filter(id => id.includes('.istio.io/'))
    .map(id => id.split('/')[2]);
  expect(kinds.filter(kind => !(kind in istio))).toEqual(['TrafficExtension']);
});

test('the independent validators cover every kind', () => {
  const ids = Object.keys(FIELDS).filter(
    id => id.includes('.istio.io/') && !id.endsWith('/TrafficExtension'),
  );
  const uncovered = ids.filter(id => !hasIstioValidator(id.slice(0, id.lastIndexOf('/')), id.split('/')[2]));
  expect(uncovered).toEqual([]);
});
