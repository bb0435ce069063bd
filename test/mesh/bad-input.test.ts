import { ApiObject, App } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-27';
import { Cluster, IngressGateway, IngressRoute, Mesh, MeshNamespace, Network } from '../../lib/mesh';
import { cluster, refusal, render, service, smallMesh } from '../support/meshes';

/** What a constructor, or the mesh as a whole, says to each wrong input: the message is the specification. */

describe('clusters', () => {
  test('a name that is no DNS-1123 label', () => {
    const { mesh } = smallMesh();
    expect(refusal(() => cluster(mesh, 'Sao_Paulo'))).toMatchInlineSnapshot(
      `"Sao_Paulo: cluster name 'Sao_Paulo' is not a DNS-1123 label; istiod refuses other names as a remote secret's key, and it is a folder in dist. Use lower case letters, digits and dashes, begin and end with a letter or digit, 63 characters at most."`,
    );
  });

  test("the name 'Kubernetes'", () => {
    const { mesh } = smallMesh();
    expect(refusal(() => cluster(mesh, 'Kubernetes'))).toMatchInlineSnapshot(
      `"Kubernetes: a cluster is called 'Kubernetes'; that is Istio's default cluster ID, so two clusters that were never named would be taken for one. Give the cluster a name of its own, such as its region."`,
    );
  });

  test('a name that dist needs itself', () => {
    const { mesh } = smallMesh();
    expect(refusal(() => cluster(mesh, 'argocd'))).toMatchInlineSnapshot(
      `"argocd: 'argocd' can't name a cluster; dist/argocd is the folder of the Argo CD objects. Choose another name."`,
    );
  });

  test('a name that appears twice', () => {
    const { mesh } = smallMesh();
    expect(refusal(() => cluster(mesh, 'a'))).toMatchInlineSnapshot(
      `"a: the cluster 'a' has the name of something that is declared in the mesh already; a name stands for one thing, in the tree, in Istio and in dist. Rename one of the two, or remove it."`,
    );
  });

  test('a kube context that two clusters share', () => {
    const { mesh } = smallMesh();
    cluster(mesh, 'c', { context: 'a' });
    expect(refusal(() => render(mesh))).toMatchInlineSnapshot(
      `"c: its kube context 'a' is also that of 'a'; the apply plan would put the manifests of both on one cluster. Give each cluster its own context."`,
    );
  });

  test('a remote of a remote', () => {
    const { mesh } = smallMesh();
    cluster(mesh, 'c', { controlPlane: { role: 'remote', primary: 'b' } });
    expect(refusal(() => render(mesh))).toMatchInlineSnapshot(
      `"c: its primary 'b' is itself a remote; no istiod runs there that could serve it. Name a cluster with the role 'primary' or 'external': a."`,
    );
  });

  test('a remote of itself', () => {
    const { mesh } = smallMesh();
    cluster(mesh, 'c', { controlPlane: { role: 'remote', primary: 'c' } });
    expect(refusal(() => render(mesh))).toMatchInlineSnapshot(
      `"c: its primary 'c' is itself a remote; no istiod runs there that could serve it. Name a cluster with the role 'primary' or 'external': a."`,
    );
  });

  test('a remote of a cluster that does not exist', () => {
    const { mesh } = smallMesh();
    cluster(mesh, 'c', { controlPlane: { role: 'remote', primary: 'd' } });
    expect(refusal(() => render(mesh))).toMatchInlineSnapshot(
      `"c: its primary is 'd', which is no cluster of this mesh; nothing would be rendered for it. Use one of: a, b, c."`,
    );
  });

  test('an address of istiod that is neither an IP nor a DNS name', () => {
    const { mesh } = smallMesh();
    const plane = { role: 'primary', address: 'https://istiod:15012' } as const;
    expect(refusal(() => cluster(mesh, 'c', { controlPlane: plane }))).toMatchInlineSnapshot(
      `"c: the istiod address 'https://istiod:15012' is neither an IP address nor a DNS name; remote clusters could not reach istiod. Give a static IP such as '10.0.0.10', or a name such as 'istiod.example.com', without scheme or port."`,
    );
  });

  test('a host name as the address of an east-west gateway, where an IP is needed', () => {
    const { mesh } = smallMesh();
    const eastWestGateway = { address: 'gateway.example.com' };
    expect(refusal(() => cluster(mesh, 'c', { eastWestGateway }))).toMatchInlineSnapshot(
      `"c: the address 'gateway.example.com' of its east-west gateway is not an IP address; a load balancer can be given an IP address; a name is an entry in DNS. Give a static IP, or leave it out: istiod finds out what the load balancer gets, a host name included."`,
    );
  });

  test('pod ranges that overlap on one network', () => {
    const mesh = new Mesh();
    new Network(mesh, 'net');
    cluster(mesh, 'a', { podCidrs: ['10.4.0.0/14'] });
    cluster(mesh, 'b', { podCidrs: ['10.6.0.0/16'] });
    expect(refusal(() => render(mesh))).toMatchInlineSnapshot(
      `"b: its pod range 10.6.0.0/16 overlaps with 10.4.0.0/14 of 'a' on network 'net'; on one network a pod IP must mean one pod: requests would reach the wrong one. Give the clusters ranges that differ, or put them on different networks."`,
    );
  });

  test('pod ranges may overlap on different networks', () => {
    const mesh = new Mesh();
    new Network(mesh, 'net');
    new Network(mesh, 'other');
    cluster(mesh, 'a', { podCidrs: ['10.4.0.0/14'] });
    cluster(mesh, 'b', { podCidrs: ['10.6.0.0/16'], network: 'other' });
    expect(Object.keys(render(mesh))).toEqual(['a', 'b']);
  });

  test('a pod range that is none', () => {
    const { mesh } = smallMesh();
    expect(refusal(() => cluster(mesh, 'c', { podCidrs: ['10.4.0.0/40'] }))).toMatchInlineSnapshot(
      `"c: pod range '10.4.0.0/40' is not an IP range; overlaps with other clusters could not be found. Write it as '10.4.0.0/14'."`,
    );
  });

  test('a network that is not declared', () => {
    const { mesh } = smallMesh();
    cluster(mesh, 'c', { network: 'nte' });
    expect(refusal(() => render(mesh))).toMatchInlineSnapshot(
      `"c: its network 'nte' is not declared in this mesh; a misspelt name would make it a network of its own, without a gateway. Declare new Network(mesh, 'nte'), or use one of: net."`,
    );
  });

  test('none at all', () => {
    expect(refusal(() => render(new Mesh()))).toMatchInlineSnapshot(
      `"mesh: the mesh has no cluster; there is nothing to render. Declare at least one Cluster under it."`,
    );
  });
});

describe('services', () => {
  test('a version that is placed on no cluster', () => {
    const { shop } = smallMesh();
    const versions = { v1: { image: 'example/cart:1', placement: [] } };
    expect(refusal(() => service(shop, 'cart', { versions }))).toMatchInlineSnapshot(
      `"shop/cart: version v1 is placed on no cluster; its subset would have no endpoint, and requests sent to it fail. Name a cluster in its placement, or leave the version out."`,
    );
  });

  test('a version that is placed on a cluster of another mesh', () => {
    const { shop } = smallMesh();
    const versions = { v1: { image: 'example/cart:1', placement: [smallMesh().b] } };
    expect(refusal(() => service(shop, 'cart', { versions }))).toMatchInlineSnapshot(
      `"shop/cart: version v1 is placed on cluster 'b' of another mesh; a service can only run on clusters of its own mesh. Place it on a cluster that was created under the same Mesh."`,
    );
  });

  test('a version that is placed on a cluster that does not exist', () => {
    const { mesh, shop } = smallMesh();
    service(shop, 'cart', { versions: { v1: { image: 'example/cart:1', placement: ['c'] } } });
    expect(refusal(() => render(mesh))).toMatchInlineSnapshot(
      `"shop/cart: version v1 is placed on 'c', which is no cluster of this mesh; nothing would be rendered for it. Use one of: a, b."`,
    );
  });

  test('a selector that no cluster has the labels of', () => {
    const { mesh, shop } = smallMesh();
    service(shop, 'cart', {
      versions: { v1: { image: 'example/cart:1', placement: { matchLabels: { tier: 'edge' } } } },
    });
    expect(refusal(() => render(mesh))).toMatchInlineSnapshot(
      `"shop/cart: version v1 is placed on no cluster: none has the labels {"tier":"edge"}; its subset would have no endpoint, and requests sent to it fail. Give a cluster these labels, or change the selector."`,
    );
  });

  test('an override for a cluster where the version is not placed', () => {
    const { mesh, shop } = smallMesh();
    const v1 = { image: 'example/cart:1', placement: ['a'], overrides: { b: { replicas: 3 } } };
    service(shop, 'cart', { versions: { v1 } });
    expect(refusal(() => render(mesh))).toMatchInlineSnapshot(
      `"shop/cart: version v1 has an override for 'b', where it is not placed; the override would have no effect. Place the version there too, or remove the override."`,
    );
  });

  test('replicas beside an autoscaler', () => {
    const { shop } = smallMesh();
    const v1 = { image: 'example/cart:1', placement: ['a'], replicas: 3, autoscaling: { maxReplicas: 5 } };
    expect(refusal(() => service(shop, 'cart', { versions: { v1 } }))).toMatchInlineSnapshot(
      `"shop/cart: version v1 has 3 replicas and an autoscaler; the autoscaler decides over the replicas, so the number would have no effect. Give the number as minReplicas of the autoscaler, or leave one of the two out."`,
    );
  });

  test('a call to an unknown service', () => {
    const { mesh, shop } = smallMesh();
    service(shop, 'cart', { calls: ['stok'] });
    service(shop, 'stock');
    expect(refusal(() => render(mesh))).toMatchInlineSnapshot(
      `"shop/cart: it calls 'stok', which is no service of this mesh; its name would resolve nowhere, and no policy would let the call in. Use one of: shop/cart, shop/stock. A service of another namespace is named 'namespace/name'."`,
    );
  });

  test('a cycle of calls is allowed', () => {
    const { mesh, shop } = smallMesh();
    service(shop, 'cart', { calls: ['stock'] });
    service(shop, 'stock', { calls: ['cart', 'stock'] });
    expect(Object.keys(render(mesh))).toEqual(['a', 'b']);
  });

  test('a route to a version that does not exist', () => {
    const { shop } = smallMesh();
    expect(refusal(() => service(shop, 'cart', { routes: [{ to: { v3: 100 } }] }))).toMatchInlineSnapshot(
      `"shop/cart: a route goes to version 'v3', which doesn't exist; requests of that share would fail with 503, because the subset is missing. Use one of v1."`,
    );
  });

  test('weights that do not add up', () => {
    const { shop } = smallMesh();
    expect(refusal(() => service(shop, 'cart', { routes: [{ to: { v1: 90 } }] }))).toMatchInlineSnapshot(
      `"shop/cart: the weights of a route add up to 90; Envoy would scale them silently, and the split would not be the one that is written. Make them add up to 100."`,
    );
  });

  test('shares of localities that do not add up', () => {
    const { shop } = smallMesh();
    const locality = {
      mode: 'distribute',
      shares: [{ from: '*', to: { 'region-a/*': 60, 'region-b/*': 30 } }],
    } as const;
    expect(refusal(() => service(shop, 'cart', { locality }))).toMatchInlineSnapshot(
      `"shop/cart: from '*' the shares add up to 90; Istio refuses a sum other than 100. Make them add up to 100."`,
    );
  });

  test('failover to a region without a cluster', () => {
    const { mesh, shop } = smallMesh();
    service(shop, 'cart', {
      locality: { mode: 'failover', regions: [{ from: 'region-a', to: 'region-x' }] },
    });
    expect(refusal(() => render(mesh))).toMatchInlineSnapshot(
      `"shop/cart: its locality policy names the region 'region-x', in which the mesh has no cluster; that part of the policy would have no effect. Use one of: region-a, region-b."`,
    );
  });

  test('an autoscaler whose minimum exceeds its maximum', () => {
    const { shop } = smallMesh();
    const versions = {
      v1: { image: 'example/cart:1', placement: ['a'], autoscaling: { minReplicas: 5, maxReplicas: 2 } },
    };
    expect(refusal(() => service(shop, 'cart', { versions }))).toMatchInlineSnapshot(
      `"shop/cart: version v1 scales from 5 to 2 replicas; a HorizontalPodAutoscaler needs whole numbers, a minimum of at least 1 and a maximum not below it. Give such bounds."`,
    );
  });

  test('two ports of one number', () => {
    const { shop } = smallMesh();
    const ports = [
      { name: 'http', port: 80 },
      { name: 'grpc', port: 80 },
    ] as const;
    expect(refusal(() => service(shop, 'cart', { ports }))).toMatchInlineSnapshot(
      `"shop/cart: port grpc (80) repeats the name or number of another port; Istio matches endpoints by port name and gateways by port number. Give each port its own name and number."`,
    );
  });
});

describe('names', () => {
  test('one service twice', () => {
    const { shop } = smallMesh();
    service(shop, 'cart');
    expect(refusal(() => service(shop, 'cart'))).toMatchInlineSnapshot(
      `"shop/cart: the service 'cart' has the name of something that is declared in shop already; a name stands for one thing, in the tree, in Istio and in dist. Rename one of the two, or remove it."`,
    );
  });

  test('a namespace for applications that is that of Istio', () => {
    const { mesh } = smallMesh();
    expect(refusal(() => new MeshNamespace(mesh, 'istio-system'))).toMatchInlineSnapshot(
      `"istio-system: 'istio-system' can't be a namespace for applications; it is where Istio itself runs: configuration in it counts for the whole mesh. Choose another name."`,
    );
  });
});

describe('ingress', () => {
  test('a gateway on no cluster', () => {
    const { mesh } = smallMesh();
    expect(refusal(() => new IngressGateway(mesh, 'edge', { clusters: [] }))).toMatchInlineSnapshot(
      `"edge: the ingress gateway is on no cluster; nothing could reach what it exposes. Name clusters, or 'everywhere'."`,
    );
  });

  test('a route to a port that the service lacks', () => {
    const { mesh, shop } = smallMesh();
    new IngressRoute(shop, 'front', {
      gateway: new IngressGateway(mesh, 'edge', { clusters: ['a'] }),
      hosts: ['shop.example'],
      rules: [{ to: service(shop, 'cart'), port: 8080 }],
    });
    expect(refusal(() => render(mesh))).toMatchInlineSnapshot(
      `"shop/front: it leads to port 8080 of 'shop/cart', which has no such port; requests would get 503. Use one of: 80."`,
    );
  });
});

describe('the mesh', () => {
  test('an Istio release that is not supported', () => {
    expect(refusal(() => new Mesh({ istioVersion: '1.27.3' as never }))).toMatchInlineSnapshot(
      `"mesh: Istio 1.27.3 is not supported; values, ports and behaviour are known for the supported minor versions only. Use a release of 1.31, 1.30, 1.29, such as 1.31.1."`,
    );
  });

  test('everything that is wrong is said at once', () => {
    const { mesh, shop } = smallMesh();
    cluster(mesh, 'c', { network: 'nte' });
    service(shop, 'cart', { calls: ['stock'] });
    expect(refusal(() => render(mesh)).split('\n')).toHaveLength(2);
  });

  test('one object twice in a cluster', () => {
    const { mesh, a } = smallMesh();
    new ApiObject(a, 'mine', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'istio-system' } });
    expect(refusal(() => render(mesh))).toMatchInlineSnapshot(
      `"a: Namespace istio-system is declared twice; the second would overwrite the first when it is applied. Rename or remove one; what the mesh declares itself can be changed through its props."`,
    );
  });

  test('a cluster outside of a mesh', () => {
    const props = { network: 'net', region: 'r', controlPlane: { role: 'primary' } } as const;
    expect(() => new Cluster(new App(), 'a', props)).toThrow(
      'the root is not in a Mesh: create a Mesh and declare it below.',
    );
  });
});

/** Programs are run without a type check, so a closed choice must be closed at run time too. */
describe('what a type check or Kubernetes would refuse', () => {
  const image = 'example/x:1';
  const v1 = (settings: object) => ({ versions: { v1: { image, placement: ['a'], ...settings } } });
  const route = (props: object) => {
    const { mesh, shop } = smallMesh();
    const gateway = new IngressGateway(mesh, 'gateway', { clusters: ['a'] });
    const rules = [{ to: 'x' }];
    return refusal(() => new IngressRoute(shop, 'r', { gateway, hosts: ['*'], rules, ...props }));
  };

  test.each<[string, object, string]>([
    ['an unknown role', { controlPlane: { role: 'primry' } }, "c: its control plane has the role 'primry'"],
    ['no control plane', { controlPlane: undefined }, "c: its control plane has the role 'undefined'"],
    ['an empty kube context', { context: '' }, 'c: the kube context is empty'],
    ['an API server that is no URL', { apiServer: '10.0.0.2' }, "c: the API server '10.0.0.2' is not a URL"],
  ])('a cluster with %s', (_, props, message) => {
    expect(refusal(() => cluster(smallMesh().mesh, 'c', props))).toContain(`${message}; `);
  });

  test.each<[string, object, string]>([
    [
      'an unknown locality mode',
      { locality: { mode: 'failovr' } },
      "its locality policy has the mode 'failovr'",
    ],
    ['no image', v1({ image: undefined }), "version v1 has the image ''"],
    ['no placement', v1({ placement: undefined }), 'version v1 is placed on undefined'],
    ['a cluster where a list is needed', v1({ placement: 'a' }), 'version v1 is placed on "a"'],
    [
      'autoscaling without a CPU request',
      v1({ autoscaling: { maxReplicas: 2 }, resources: {} }),
      'version v1 scales by CPU use but requests no CPU',
    ],
    [
      'autoscaling that aims at no CPU use',
      v1({ autoscaling: { maxReplicas: 2, cpuPercent: 0 } }),
      'version v1 aims at 0 per cent of its CPU request',
    ],
    [
      "a port's name that is too long for a container",
      { ports: [{ name: 'http-administration', port: 80 }] },
      "port name 'http-administration' has 19 characters",
    ],
  ])('a service with %s', (_, props, message) => {
    expect(refusal(() => service(smallMesh().shop, 'x', props))).toContain(`shop/x: ${message}; `);
  });

  test('autoscaling with a CPU limit alone, which Kubernetes takes for the request, is no error', () => {
    const resources = { cpu: { limit: Cpu.millis(500) } };
    const props = v1({ autoscaling: { maxReplicas: 2 }, resources });
    expect(service(smallMesh().shop, 'x', props).key).toBe('shop/x');
  });

  test('a service whose name begins with a digit', () => {
    expect(refusal(() => service(smallMesh().shop, '1x'))).toContain(
      "shop/1x: service name '1x' begins with a digit; ",
    );
  });

  test.each<[string, object, string]>([
    ['a URL for a host', { hosts: ['https://x.org/'] }, "the host 'https://x.org/' is not a host name"],
    ['a host of one label', { hosts: ['shop'] }, "the host 'shop' is not a host name"],
    ['an empty host', { hosts: [''] }, "the host '' is not a host name"],
    ['a port out of range', { port: 0 }, 'the gateway shall listen on port 0'],
    [
      'a misspelt path match',
      { rules: [{ to: 'x', paths: [{ prefx: '/' }] }] },
      `the path match {"prefx":"/"} is neither 'exact' nor 'prefix'`,
    ],
  ])('a route with %s', (_, props, message) => {
    expect(route(props)).toContain(`shop/r: ${message}; `);
  });

  test.each(['*', '*.shop.example', 'shop.example.com', '10.0.0.1'])('the host %s is none of that', host => {
    const { mesh, shop } = smallMesh();
    const gateway = new IngressGateway(mesh, 'gateway', { clusters: ['a'] });
    const to = service(shop, 'x');
    new IngressRoute(shop, 'r', { gateway, hosts: [host], rules: [{ to }] });
    expect(() => render(mesh)).not.toThrow();
  });

  test('two ingress gateways of one name in different places', () => {
    const { mesh, shop } = smallMesh();
    for (const scope of [mesh, shop]) new IngressGateway(scope, 'gateway', { clusters: ['a'] });
    expect(refusal(() => render(mesh))).toContain("another ingress gateway is called 'gateway' too; ");
  });

  test('an ingress gateway with the name of the east-west gateway', () => {
    expect(
      refusal(() => new IngressGateway(smallMesh().mesh, 'eastwestgateway', { clusters: ['a'] })),
    ).toContain("eastwestgateway: an ingress gateway is called 'eastwestgateway'; ");
  });
});
