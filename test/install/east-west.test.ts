/** Kinds and addresses of east-west gateways. */
import { Cluster, type ClusterProps, Mesh, type MeshProps, Network } from '../../lib';
import { at, type WrittenDist, written } from './dist';

const KINDS = ['helm', 'manifests', 'gateway-api'] as const;

function twoNetworks(props: Partial<ClusterProps>, meshProps: MeshProps = {}): WrittenDist {
  return written(outdir => {
    const mesh = new Mesh({ ...meshProps, outdir });
    for (const name of ['a', 'b']) {
      const network = new Network(mesh, `net-${name}`);
      new Cluster(mesh, name, { network, region: 'r1', controlPlane: { role: 'primary' }, ...props });
    }
    return mesh;
  });
}

/** The part of each kind that says something about the load balancer. */
const PARTS = {
  helm: 'helm/istio-eastwestgateway',
  manifests: 'Service/istio-system/istio-eastwestgateway',
  'gateway-api': 'Gateway/istio-system/istio-eastwestgateway',
} as const;

describe.each(KINDS)('kind %s', kind => {
  test('asks for a static address', () => {
    const dist = twoNetworks({ eastWestGateway: { kind, address: '192.0.2.7' } });
    const path = {
      helm: ['service', 'loadBalancerIP'],
      manifests: ['spec', 'loadBalancerIP'],
      'gateway-api': ['spec', 'addresses'],
    };
    const wanted = kind === 'gateway-api' ? [{ type: 'IPAddress', value: '192.0.2.7' }] : '192.0.2.7';
    expect(at(dist.of('a', PARTS[kind]), path[kind])).toEqual(wanted);
  });

  test('leaves the address to the platform, and the plan waits for it', () => {
    const dist = twoNetworks({ eastWestGateway: { kind } });
    expect(JSON.stringify(dist.of('a', PARTS[kind]))).not.toMatch(/loadBalancerIP|addresses/);
    const service = kind === 'gateway-api' ? 'istio-eastwestgateway-istio' : 'istio-eastwestgateway';
    expect(dist.step('a/address')?.slice(3, 6)).toEqual(['address', 'istio-system', service]);
  });

  test('carries the revision of the mesh', () => {
    const dist = twoNetworks({ eastWestGateway: { kind } }, { revision: 'blue' });
    const found = {
      helm: at(dist.of('a', PARTS.helm), ['revision']),
      manifests: at(dist.of('a', 'Deployment/istio-system/istio-eastwestgateway'), [
        'spec',
        'template',
        'metadata',
        'labels',
        'istio.io/rev',
      ]),
      'gateway-api': at(dist.of('a', PARTS['gateway-api']), ['metadata', 'labels', 'istio.io/rev']),
    };
    expect(found[kind]).toBe('blue');
  });

  test('needs no more of a platform whose load balancers have names only: istiod resolves them', () => {
    const dist = twoNetworks({ eastWestGateway: { kind }, platform: 'eks' });
    expect(dist.step('a/address')).toBeDefined();
  });
});

test('plain manifests route inside of their network, as the chart does', () => {
  const dist = twoNetworks({ eastWestGateway: { kind: 'manifests' } });
  const template = at(dist.of('a', 'Deployment/istio-system/istio-eastwestgateway'), ['spec', 'template']);
  expect(at(template, ['metadata', 'labels'])).toEqual({
    app: 'istio-eastwestgateway',
    istio: 'eastwestgateway',
    'sidecar.istio.io/inject': 'true',
    'topology.istio.io/network': 'net-a',
  });
  expect(at(template, ['metadata', 'annotations'])).toEqual({ 'inject.istio.io/templates': 'gateway' });
  expect(at(template, ['spec', 'containers', 0, 'env'])).toEqual([
    { name: 'ISTIO_META_REQUESTED_NETWORK_VIEW', value: 'net-a' },
  ]);
  const ports = at(dist.of('a', PARTS.manifests), ['spec', 'ports']) as { port: number }[];
  expect(ports.map(({ port }) => port)).toEqual([15021, 15443, 15012, 15017]);
  expect(at(dist.of('a', PARTS.manifests), ['metadata', 'labels', 'topology.istio.io/network'])).toBe(
    'net-a',
  );
});

test('a managed gateway leads to istiod by a listener and a route for each of its ports', () => {
  const dist = written(outdir => {
    const mesh = new Mesh({ outdir });
    const network = new Network(mesh, 'vpc');
    const place = { network, region: 'r1' };
    new Cluster(mesh, 'hq', {
      ...place,
      eastWestGateway: { kind: 'gateway-api' },
      controlPlane: { role: 'primary', address: 'istiod.example.com' },
    });
    new Cluster(mesh, 'edge', { ...place, controlPlane: { role: 'remote', primary: 'hq' } });
    return mesh;
  });
  const listeners = at(dist.of('hq', PARTS['gateway-api']), ['spec', 'listeners']) as { port: number }[];
  expect(listeners.map(({ port }) => port)).toEqual([15012, 15017]);
  expect(at(dist.of('hq', 'TLSRoute/istio-system/istiod-istiod'), ['spec'])).toEqual({
    parentRefs: [{ kind: 'Gateway', name: 'istio-eastwestgateway', sectionName: 'tls-istiod' }],
    hostnames: ['istiod.istio-system.svc', 'istiod.example.com'],
    rules: [{ backendRefs: [{ name: 'istiod', port: 15012 }] }],
  });
  expect(dist.of('hq', 'Gateway/istio-system/istiod-gateway')).toBeUndefined();
  expect(dist.step('edge/istiod')?.[3]).toBe('helm');
});

describe('is refused', () => {
  const one = (props: Partial<ClusterProps>) => () => twoNetworks(props);

  test('with an address that is no IP', () => {
    expect(one({ eastWestGateway: { address: 'gateway.example.com' } })).toThrow(
      "a: the address 'gateway.example.com' of its east-west gateway is not an IP address; a load balancer can be given an IP address; a name is an entry in DNS. Give a static IP, or leave it out: istiod finds out what the load balancer gets, a host name included.",
    );
  });

  test('as a Gateway of the Gateway API in a remote', () => {
    const make = () =>
      written(outdir => {
        const mesh = new Mesh({ outdir });
        new Cluster(mesh, 'hq', {
          network: new Network(mesh, 'n1'),
          region: 'r1',
          controlPlane: { role: 'primary' },
        });
        new Cluster(mesh, 'edge', {
          network: new Network(mesh, 'n2'),
          region: 'r1',
          controlPlane: { role: 'remote', primary: 'hq' },
          eastWestGateway: { kind: 'gateway-api' },
        });
        return mesh;
      });
    expect(make).toThrow(
      "edge: its east-west gateway is of kind 'gateway-api', and it is a remote; istiod deploys Gateways of the Gateway API only in the cluster that it reads its configuration from. Use the kind 'helm' or 'manifests'.",
    );
  });
});
