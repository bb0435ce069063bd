/**
 * What users of multi-cluster Istio stumble over. Each is an error that says so before anything is written, or
 * can't be written at all; then the test shows what stands in its place. Written with the numbers of Istio's
 * own issues where there is one.
 */
import {
  Bookinfo,
  Cluster,
  type ClusterProps,
  ControlPlaneHost,
  Gateway,
  IngressGateway,
  Mesh,
  MeshNamespace,
  type MeshProps,
  MeshService,
  Network,
} from '../../lib';
import { at, written } from './dist';

/** A mesh of clusters by name, each on a declared network. */
function meshOf(clusters: Record<string, Partial<ClusterProps>>, props: MeshProps = {}): Mesh {
  const mesh = new Mesh({ ...props, outdir: props.outdir ?? '/nonexistent' });
  for (const name of new Set(Object.values(clusters).map(({ network }) => network ?? 'vpc'))) {
    if (typeof name === 'string') new Network(mesh, name);
  }
  for (const [name, given] of Object.entries(clusters)) {
    new Cluster(mesh, name, {
      network: 'vpc',
      region: 'r1',
      controlPlane: { role: 'primary' },
      ...given,
    });
  }
  return mesh;
}

const remoteOf = (primary: string) => ({ controlPlane: { role: 'remote', primary } as const });

/** The message that making, or else synthesizing, a mesh fails with. Nothing may be written before it. */
function message(make: () => Mesh): string {
  try {
    for (const _ of make().render()) break;
  } catch (error) {
    return (error as Error).message;
  }
  return 'no error';
}

describe('1: the key of a remote secret differs from clusterName or injectionPath (istio#42144, #52065)', () => {
  test("can't be written: all of them are the cluster's id", () => {
    const dist = written(outdir => meshOf({ hq: {}, edge: remoteOf('hq') }, { outdir }));
    expect(dist.step('hq/remote-secret-edge')?.[4]).toBe('edge');
    expect(at(dist.of('edge', 'helm/istiod'), ['global', 'multiCluster', 'clusterName'])).toBe('edge');
    expect(at(dist.of('edge', 'helm/istiod'), ['istiodRemote', 'injectionPath'])).toBe(
      '/inject/cluster/edge/net/vpc',
    );
  });

  test('values that change one of them are an error that names both', () => {
    const values = { istiodRemote: { injectionPath: '/inject/cluster/remote/net/vpc' } };
    expect(message(() => meshOf({ hq: {}, edge: { ...remoteOf('hq'), values } }))).toBe(
      'edge: the values of cluster \'edge\' set istiodRemote.injectionPath to "/inject/cluster/remote/net/vpc", but its place in the mesh needs it to be "/inject/cluster/edge/net/vpc"; names, networks and addresses of the clusters have to agree with each other. Remove the value, and change the model instead.',
    );
  });
});

describe('2: the default cluster name in two clusters, or one name twice', () => {
  test("'Kubernetes' is refused", () => {
    expect(message(() => meshOf({ Kubernetes: {} }))).toBe(
      "Kubernetes: a cluster is called 'Kubernetes'; that is Istio's default cluster ID, so two clusters that were never named would be taken for one. Give the cluster a name of its own, such as its region.",
    );
  });

  test('a name is taken once', () => {
    const mesh = meshOf({ hq: {} });
    const again = () =>
      new Cluster(mesh, 'hq', { network: 'vpc', region: 'r', controlPlane: { role: 'primary' } });
    expect(again).toThrow(
      "hq: the cluster 'hq' has the name of something that is declared in the mesh already",
    );
  });
});

describe('3: missing or wrong network label (istio#39712, #54909)', () => {
  test("can't be written: namespace, gateway and injection take it from the cluster's network", () => {
    const dist = written(outdir => meshOf({ a: { network: 'n1' }, b: { network: 'n2' } }, { outdir }));
    for (const [cluster, network] of [
      ['a', 'n1'],
      ['b', 'n2'],
    ]) {
      const label = ['metadata', 'labels', 'topology.istio.io/network'];
      expect(at(dist.of(cluster, 'Namespace//istio-system'), label)).toBe(network);
      expect(at(dist.of(cluster, 'helm/istiod'), ['global', 'network'])).toBe(network);
      expect(at(dist.of(cluster, 'helm/istio-eastwestgateway'), ['networkGateway'])).toBe(network);
    }
  });
});

describe('4: two networks under one name, or one under two', () => {
  test('two clusters with the same pod addresses are not on one network', () => {
    const podCidrs = ['10.0.0.0/16'];
    expect(message(() => meshOf({ a: { podCidrs }, b: { podCidrs } }))).toBe(
      "b: its pod range 10.0.0.0/16 overlaps with 10.0.0.0/16 of 'a' on network 'vpc'; on one network a pod IP must mean one pod: requests would reach the wrong one. Give the clusters ranges that differ, or put them on different networks.",
    );
  });

  test('a misspelt network is not a second one', () => {
    const mesh = meshOf({ a: {} });
    new Cluster(mesh, 'b', { network: 'vcp', region: 'r1', controlPlane: { role: 'primary' } });
    expect(message(() => mesh)).toBe(
      "b: its network 'vcp' is not declared in this mesh; a misspelt name would make it a network of its own, without a gateway. Declare new Network(mesh, 'vcp'), or use one of: vpc.",
    );
  });
});

describe('5: different roots of trust, or trust domains (istio#32501, #55005)', () => {
  test('the plan stops on each primary without an intermediate CA, before istiod could make a root of its own', () => {
    const dist = written(outdir => meshOf({ a: {}, b: {} }, { outdir }));
    for (const name of ['a', 'b']) {
      const steps = dist.plan.map(([step]) => step);
      expect(dist.step(`${name}/cacerts`)?.slice(3, 6)).toEqual(['secret', 'istio-system', 'cacerts']);
      expect(steps.indexOf(`${name}/cacerts`)).toBeLessThan(steps.indexOf(`${name}/istiod`));
    }
  });

  test('a trust domain of one cluster alone is an error', () => {
    const values = { meshConfig: { trustDomain: 'b.example' } };
    expect(message(() => meshOf({ a: {}, b: { values } }, { trustDomain: 'a.example' }))).toContain(
      'b: the values of cluster \'b\' set meshConfig.trustDomain to "b.example", but its place in the mesh needs it to be "a.example"',
    );
  });
});

describe.each(['helm', 'manifests', 'gateway-api'] as const)(
  '6 and 7: an east-west gateway of kind %s',
  kind => {
    const dist = written(outdir =>
      meshOf(
        { a: { network: 'n1', eastWestGateway: { kind } }, b: { network: 'n2', eastWestGateway: { kind } } },
        { outdir },
      ),
    );

    test('has port 15443, and the pods that are selected for it', () => {
      if (kind === 'helm') {
        // The chart makes `istio: eastwestgateway` of this release's name, and opens 15443 for a network.
        expect(dist.step('a/istio-eastwestgateway')?.slice(3, 5)).toEqual(['helm', 'istio-eastwestgateway']);
        expect(dist.of('a', 'helm/istio-eastwestgateway')).toEqual({ networkGateway: 'n1' });
      } else if (kind === 'manifests') {
        const name = 'istio-system/istio-eastwestgateway';
        const pods = at(dist.of('a', `Deployment/${name}`), ['spec', 'template', 'metadata', 'labels']);
        const service = dist.of('a', `Service/${name}`);
        expect(pods).toMatchObject(at(service, ['spec', 'selector']) as object);
        expect(at(service, ['spec', 'ports'])).toContainEqual(
          expect.objectContaining({ port: 15443, name: 'tls' }),
        );
      } else {
        const gateway = dist.of('a', 'Gateway/istio-system/istio-eastwestgateway');
        expect(at(gateway, ['spec', 'listeners'])).toEqual([
          { name: 'tls', port: 15443, protocol: 'TLS', tls: { mode: 'Passthrough' }, hostname: '*.local' },
        ]);
      }
    });

    test("exposes '*.local', and nothing else", () => {
      const classic = dist.of('a', 'Gateway/istio-system/cross-network-gateway');
      if (kind === 'gateway-api') expect(classic).toBeUndefined();
      else {
        expect(at(classic, ['spec', 'servers', 0, 'hosts'])).toEqual(['*.local']);
        expect(at(classic, ['spec', 'selector'])).toEqual({ istio: 'eastwestgateway' });
      }
    });
  },
);

describe('8: istiod is reached by a host name (istio#45014, #46551)', () => {
  test('then the webhook is called by URL, and the name is in the certificate', () => {
    const hq = { controlPlane: { role: 'primary', address: 'istiod.example.com' } as const };
    const dist = written(outdir => meshOf({ hq, edge: remoteOf('hq') }, { outdir }));
    expect(at(dist.of('edge', 'helm/istiod'), ['istiodRemote'])).toEqual({
      injectionURL: 'https://istiod.example.com:15017/inject/cluster/edge/net/vpc',
    });
    expect(at(dist.of('edge', 'helm/istiod'), ['global', 'remotePilotAddress'])).toBe('istiod.example.com');
    expect(at(dist.of('hq', 'helm/istiod'), ['pilot', 'env'])).toEqual({
      ISTIOD_CUSTOM_HOST: 'istiod.example.com',
    });
    expect(dist.step('edge/istiod')?.[3]).toBe('helm');
  });

  test('where load balancers have names only, a name is asked for', () => {
    expect(message(() => meshOf({ hq: { platform: 'eks' }, edge: remoteOf('hq') }))).toBe(
      "hq: it is on platform 'eks', serves edge, and its control plane has no address; load balancers have host names only there, so the remotes must call the injection webhook by a name, which has to be in the certificate of istiod. Give controlPlane: { role: 'primary', address: 'istiod.example.com' } and a DNS entry of that name for the load balancer of its east-west gateway.",
    );
  });

  test('what is neither an IP address nor a name is refused', () => {
    const hq = { controlPlane: { role: 'primary', address: 'https://istiod:15012' } as const };
    expect(message(() => meshOf({ hq }))).toBe(
      "hq: the istiod address 'https://istiod:15012' is neither an IP address nor a DNS name; remote clusters could not reach istiod. Give a static IP such as '10.0.0.10', or a name such as 'istiod.example.com', without scheme or port.",
    );
  });
});

describe('9: controlPlaneClusters is missing, or system namespaces differ (istio#42327)', () => {
  test("can't be written: a remote names its istiod's cluster, in the namespace that all clusters have", () => {
    const dist = written(outdir => meshOf({ hq: {}, edge: remoteOf('hq') }, { outdir }));
    expect(at(dist.of('edge', 'Namespace//istio-system'), ['metadata', 'annotations'])).toEqual({
      'topology.istio.io/controlPlaneClusters': 'hq',
    });
    expect(dist.of('hq', 'Namespace//istio-system')).toBeDefined();
  });

  test('values that move Istio elsewhere are an error', () => {
    const values = { global: { istioNamespace: 'mesh' } };
    expect(message(() => meshOf({ hq: { values } }))).toContain(
      'set global.istioNamespace to "mesh", but its place in the mesh needs it unset',
    );
  });
});

describe('19: overlapping pod ranges on one network', () => {
  test('are refused; on two networks they are fine', () => {
    const wide = { podCidrs: ['10.0.0.0/8'] };
    const narrow = { podCidrs: ['10.1.0.0/16'] };
    expect(message(() => meshOf({ a: wide, b: narrow }))).toContain(
      "b: its pod range 10.1.0.0/16 overlaps with 10.0.0.0/8 of 'a' on network 'vpc'",
    );
    expect(message(() => meshOf({ a: { ...wide, network: 'n1' }, b: { ...narrow, network: 'n2' } }))).toBe(
      'no error',
    );
  });
});

describe('20: a revision on istiod, but not on its gateway or what exposes it', () => {
  test("can't be written: all of them take it from the mesh", () => {
    const dist = written(outdir => meshOf({ hq: {}, edge: remoteOf('hq') }, { outdir, revision: 'blue' }));
    expect(at(dist.of('hq', 'helm/istiod-blue'), ['revision'])).toBe('blue');
    expect(at(dist.of('edge', 'helm/istiod-blue'), ['revision'])).toBe('blue');
    expect(at(dist.of('hq', 'helm/istio-base'), ['defaultRevision'])).toBe('blue');
    expect(at(dist.of('hq', 'helm/istio-eastwestgateway'), ['revision'])).toBe('blue');
    expect(at(dist.of('hq', 'VirtualService/istio-system/istiod-vs-blue'), ['spec', 'tls', 1])).toEqual({
      match: [
        {
          port: 15017,
          sniHosts: ['istiod-blue.istio-system.svc', 'istiod-blue.istio-system.svc.cluster.local'],
        },
      ],
      route: [{ destination: { host: 'istiod-blue.istio-system.svc.cluster.local', port: { number: 443 } } }],
    });
    expect(dist.step('hq/injector-blue')?.[5]).toBe(
      'mutatingwebhookconfiguration/istio-sidecar-injector-blue',
    );
  });

  test('a namespace that names no control plane is an error', () => {
    const mesh = meshOf({ hq: {} }, { revision: 'blue' });
    new MeshNamespace(mesh, 'shop', { revision: 'green' });
    expect(message(() => mesh)).toBe(
      "shop: its revision 'green' is neither the mesh's nor its canary's; no webhook would inject its pods: they would run outside of the mesh. Use one of: blue.",
    );
  });
});

describe('22: a network without a gateway (istio#42516, #39930)', () => {
  test("can't be written: in a mesh of several networks every cluster has one", () => {
    const dist = written(outdir => meshOf({ a: { network: 'n1' }, b: {}, c: remoteOf('b') }, { outdir }));
    for (const name of ['a', 'b', 'c']) expect(dist.step(`${name}/istio-eastwestgateway`)).toBeDefined();
  });

  test('a gateway that a mesh of one network has no use for is an error', () => {
    expect(message(() => meshOf({ a: { eastWestGateway: { kind: 'manifests' } }, b: {} }))).toBe(
      "a: it is given an east-west gateway that it would not have; the mesh is one network, and it serves no remote. Leave 'eastWestGateway' out.",
    );
  });
});

describe('26: ambient', () => {
  const ambient = (clusters: Record<string, Partial<ClusterProps>>) => () =>
    meshOf(clusters, { dataPlane: 'ambient' });

  test('a remote is refused', () => {
    expect(message(ambient({ a: {}, b: { ...remoteOf('a'), network: 'n2' } }))).toBe(
      "b: it is a remote in an ambient mesh; Istio supports ambient multi-cluster with an istiod in each cluster only. Give it controlPlane: { role: 'primary' }, or use dataPlane: 'sidecar'.",
    );
  });

  test('a second cluster on one network is refused', () => {
    expect(message(ambient({ a: {}, b: {} }))).toBe(
      "b: it is on network 'vpc', as 'a' is, in an ambient mesh; ambient multi-cluster is supported with a network per cluster only: istiod uses one east-west gateway of a network, and endpoints behind the others are lost. Give each cluster a network of its own, or use dataPlane: 'sidecar'.",
    );
  });

  test('a gateway for sidecars is refused', () => {
    const eastWestGateway = { kind: 'helm' } as const;
    expect(message(ambient({ a: { eastWestGateway }, b: { network: 'n2' } }))).toBe(
      "a: its east-west gateway is of kind 'helm' in an ambient mesh; that is a gateway for sidecars, at port 15443: ztunnels speak HBONE, at port 15008, which only a Gateway of class istio-east-west does. Leave 'kind' out, or use dataPlane: 'sidecar'.",
    );
  });

  test("a sidecar in it can't be written: the label is refused", () => {
    const mesh = meshOf({ a: {} }, { dataPlane: 'ambient' });
    expect(() => new MeshNamespace(mesh, 'shop', { labels: { 'istio-injection': 'enabled' } })).toThrow(
      "shop: its label 'istio-injection' is set to 'enabled'; how pods get into the mesh is one choice for all of it; gateways and policies are made for that one. Leave it out: it follows from the mesh's 'dataPlane' and 'revision', and from 'revision' and 'waypoint' here.",
    );
  });

  test('a policy without the waypoint that obeys it is an error', () => {
    const mesh = meshOf({ a: {} }, { dataPlane: 'ambient' });
    new MeshService(new MeshNamespace(mesh, 'shop', { waypoint: false }), 'cart', {
      ports: [{ name: 'http', port: 80 }],
      versions: { v1: { image: 'example/cart:1', placement: 'everywhere' } },
      locality: { mode: 'failover' },
    });
    expect(message(() => mesh)).toBe(
      "shop: it has no waypoint, but the locality policy 'failover' of 'shop/cart' needs one; ztunnel knows neither routes by request nor DestinationRules: it would have no effect. Leave 'waypoint' out, or remove what needs it.",
    );
  });

  test('a waypoint with the release that refuses its identity is an error (istio#61609)', () => {
    const mesh = meshOf(
      { a: { network: 'n1' }, b: { network: 'n2' } },
      { dataPlane: 'ambient', istioVersion: '1.31.0' },
    );
    new MeshNamespace(mesh, 'shop', { waypoint: true });
    expect(message(() => mesh)).toBe(
      'shop: it has a waypoint, in an ambient mesh of several clusters with Istio 1.31.0; that release leaves waypoints out of the identities that a service of another cluster may have, so requests to it are refused (istio#61609). Use a later release, or leave out what needs the waypoint.',
    );
  });

  test('with a waypoint, it knows the callers, and the pods know it', () => {
    const dist = written(outdir => {
      const mesh = meshOf({ a: { network: 'n1' }, b: { network: 'n2' } }, { dataPlane: 'ambient', outdir });
      new Bookinfo(mesh, 'bookinfo', {
        productpage: { v1: ['a'] },
        details: { v1: ['b'] },
        ratings: { v1: ['b'] },
        reviews: { v3: ['b'] },
        locality: { mode: 'failover' },
      });
      return mesh;
    });
    const allowed = (name: string) =>
      at(dist.of('b', `AuthorizationPolicy/bookinfo/${name}`), [
        'spec',
        'rules',
        0,
        'from',
        0,
        'source',
        'principals',
      ]);
    expect(allowed('details')).toEqual(['cluster.local/ns/bookinfo/sa/waypoint']);
    // The waypoint of another cluster may come before this one.
    expect(allowed('details-waypoint')).toEqual([
      'cluster.local/ns/bookinfo/sa/bookinfo-productpage',
      'cluster.local/ns/bookinfo/sa/waypoint',
    ]);
    expect(allowed('productpage-waypoint')).toBeUndefined();
  });
});

describe('27: an Istio Gateway in another namespace than the proxy that the Gateway API deployed', () => {
  const make = (istioVersion: '1.30.5' | '1.31.1', namespace: string) => {
    const kind = 'gateway-api';
    const mesh = meshOf(
      { a: { network: 'n1', eastWestGateway: { kind } }, b: { network: 'n2' } },
      { istioVersion },
    );
    new Gateway(mesh, 'extra', {
      metadata: { namespace },
      selector: { 'gateway.networking.k8s.io/gateway-name': 'istio-eastwestgateway' },
      servers: [
        {
          port: { number: 8443, name: 'tls', protocol: 'TLS' },
          hosts: ['*'],
          tls: { mode: 'PASSTHROUGH' as never },
        },
      ],
    });
    return mesh;
  };

  test('is refused from 1.31 on', () => {
    expect(message(() => make('1.31.1', 'shop'))).toBe(
      "a: Gateway shop/extra selects the pods of the Gateway API's gateway 'istio-eastwestgateway' in 'istio-system'; from Istio 1.31 on, such a proxy takes Gateways of its own namespace only: this one would have no effect. Declare it in the namespace of 'istio-eastwestgateway', or add a listener to that gateway.",
    );
  });

  test('is fine before, and in the same namespace', () => {
    expect(message(() => make('1.30.5', 'shop'))).toBe('no error');
    expect(message(() => make('1.31.1', 'istio-system'))).toBe('no error');
  });
});

describe('an external control plane', () => {
  test('needs a name for its address', () => {
    const mesh = new Mesh();
    const host = new ControlPlaneHost(mesh, 'ops');
    const controlPlane = { role: 'external', host, address: '10.0.0.1' } as const;
    expect(() => new Cluster(mesh, 'a', { network: 'vpc', region: 'r1', controlPlane })).toThrow(
      "a: the address of its external istiod is the IP address '10.0.0.1'; API servers and proxies check the certificate of istiod, which holds DNS names only.",
    );
  });

  test('has a host of its own', () => {
    const mesh = meshOf({});
    new Network(mesh, 'vpc');
    const host = new ControlPlaneHost(mesh, 'ops');
    for (const name of ['a', 'b']) {
      const controlPlane = { role: 'external', host, address: `${name}.example.com` } as const;
      new Cluster(mesh, name, { network: 'vpc', region: 'r1', controlPlane });
    }
    expect(message(() => mesh)).toContain("b: its host 'ops' runs the istiod of 'a' already");
  });

  test('is no part of the mesh: nothing is placed on its host', () => {
    const dist = written(outdir => {
      const mesh = meshOf({}, { outdir });
      new Network(mesh, 'vpc');
      const controlPlane = {
        role: 'external',
        host: new ControlPlaneHost(mesh, 'ops'),
        address: 'i.example.com',
      } as const;
      new Cluster(mesh, 'a', { network: 'vpc', region: 'r1', controlPlane });
      new IngressGateway(mesh, 'ingress', { clusters: 'everywhere' });
      return mesh;
    });
    expect(dist.fleet.clusters.map(({ name }) => name)).toEqual(['a']);
    expect(dist.folders).toEqual(['a', 'ops']);
    expect(dist.plan.filter(([, cluster]) => cluster === 'ops').map(([step]) => step)).not.toContain(
      'ops/ingress',
    );
  });
});
