/** One set of values feeds Helm, the Sail operator and istioctl. */
import CRDS from '../../imports/fields.json';
import { Cluster, type ClusterProps, IngressGateway, Mesh, type MeshProps, Network } from '../../lib';
import { at, type WrittenDist, written } from './dist';

const ADDRESS = '192.0.2.10';

function primaryRemote(props: MeshProps, cluster: Partial<ClusterProps> = {}): WrittenDist {
  return written(outdir => {
    const mesh = new Mesh({ ...props, outdir });
    const network = new Network(mesh, 'vpc');
    const place = { network, region: 'r1', ...cluster };
    const hq = new Cluster(mesh, 'hq', { ...place, controlPlane: { role: 'primary', address: ADDRESS } });
    new Cluster(mesh, 'edge', { ...place, controlPlane: { role: 'remote', primary: hq } });
    return mesh;
  });
}

const helm = primaryRemote({});
const sail = primaryRemote({ installer: 'sail' });
const istioctl = primaryRemote({ installer: 'istioctl' });

function sailAmbient(): WrittenDist {
  return written(outdir => {
    const mesh = new Mesh({ dataPlane: 'ambient', installer: 'sail', outdir });
    for (const name of ['a', 'b']) {
      const network = new Network(mesh, `net-${name}`);
      new Cluster(mesh, name, { network, region: 'r1', platform: 'gke', controlPlane: { role: 'primary' } });
    }
    return mesh;
  });
}

/** Values without what an installer takes elsewhere. */
function common(values: unknown): object {
  const { profile: _, meshConfig: __, ...rest } = values as Record<string, unknown>;
  return rest;
}

describe.each(['hq', 'edge'])('%s', cluster => {
  const values = helm.of(cluster, 'helm/istiod');

  test('Sail gets the values of Helm, and the namespace that its schema asks for', () => {
    const spec = at(sail.of(cluster, 'Istio//default'), ['spec']);
    const given = at(spec, ['values']) as { global: object };
    expect(given).toMatchObject(common(values));
    expect(given.global).toHaveProperty('istioNamespace', at(spec, ['namespace']));
    expect(at(spec, ['profile'])).toBe(at(values, ['profile']));
    expect(at(spec, ['version'])).toBe('v1.31.1');
    expect(at(given, ['profile'])).toBeUndefined();
  });

  test('istioctl gets the values of Helm, with profile and mesh config where IstioOperator has them', () => {
    const spec = at(istioctl.of(cluster, 'istioctl/istio'), ['spec']);
    expect(at(spec, ['values'])).toEqual(common(values));
    expect(at(spec, ['profile'])).toBe(cluster === 'hq' ? 'minimal' : 'remote');
    expect(at(spec, ['meshConfig'])).toEqual(at(values, ['meshConfig']));
  });
});

/** Paths of a spec that a CRD's fields don't hold; `true` stands for what has no fields of its own. */
function unknownFields(value: unknown, fields: unknown, path = ''): string[] {
  if (fields === true || typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(item => unknownFields(item, fields, path));
  return Object.entries(value).flatMap(([key, item]) => {
    const known = (fields as Record<string, unknown>)[key] ?? (fields as Record<string, unknown>)['*'];
    return known === undefined ? [`${path}.${key}`] : unknownFields(item, known, `${path}.${key}`);
  });
}

test.each([
  ['hq', 'Istio', sail],
  ['edge', 'Istio', sail],
  ['a', 'Istio', sailAmbient()],
  ['a', 'IstioCNI', sailAmbient()],
  ['a', 'ZTunnel', sailAmbient()],
] as const)("%s: every field of %s is in the operator's CRD", (cluster, kind, dist) => {
  const spec = at(dist.of(cluster, `${kind}//default`), ['spec']);
  const crd = (CRDS as Record<string, { spec: unknown }>)[`sailoperator.io/v1/${kind}`];
  expect(crd).toBeDefined();
  expect(spec).toBeDefined();
  expect(unknownFields(spec, crd.spec)).toEqual([]);
});

describe('the plan', () => {
  test('lets the operator make istiod, and its account before the token of it', () => {
    const steps = sail.plan.map(([step]) => step);
    expect(steps.filter(step => step.startsWith('edge/') || step.startsWith('hq/remote'))).toEqual([
      'edge/namespaces',
      'edge/istio',
      'edge/reader',
      'edge/gateways',
      'hq/remote-secret-edge',
      'edge/injector-made',
      'edge/injector',
    ]);
    expect(sail.step('hq/istio-default')?.slice(5, 7)).toEqual([
      'istios.sailoperator.io/default',
      'condition=Ready',
    ]);
    expect(sail.step('edge/reader')?.slice(4, 7)).toEqual([
      'istio-system',
      'serviceaccount/istio-reader-service-account',
      'create',
    ]);
  });

  test('has the account that the operator makes for the default revision only', () => {
    const account = 'ServiceAccount/istio-system/istio-reader-service-account';
    expect(sail.of('edge', account)).toBeUndefined();
    expect(primaryRemote({ installer: 'sail', revision: 'blue' }).of('edge', account)).toBeDefined();
  });

  test('runs istioctl of the version of the mesh', () => {
    expect(istioctl.step('hq/istio')?.slice(3)).toEqual([
      'istioctl',
      '1.31.1',
      'hq/istioctl/istio.yml',
      '10m',
    ]);
    expect(istioctl.step('edge/istio')?.[5]).toBe('edge/istioctl/istio.yml');
    expect(istioctl.plan.filter(([, , , action]) => action === 'helm')).toEqual([]);
  });

  test('makes the gateway of manifests, where Helm is not the installer', () => {
    for (const dist of [sail, istioctl]) {
      expect(
        at(dist.of('hq', 'Service/istio-system/istio-eastwestgateway'), ['spec', 'loadBalancerIP']),
      ).toBe(ADDRESS);
      expect(dist.of('hq', 'helm/istio-eastwestgateway')).toBeUndefined();
    }
  });
});

test('on OpenShift every installer brings the CNI plugin, which sidecars need there', () => {
  const platform = { platform: 'openshift' } as const;
  const helmStep = primaryRemote({}, platform).step('edge/istio-cni');
  expect([helmStep?.[3], helmStep?.[7]]).toEqual(['helm', 'kube-system']);
  expect(primaryRemote({ installer: 'sail' }, platform).of('edge', 'IstioCNI//default')).toBeDefined();
  const operator = primaryRemote({ installer: 'istioctl' }, platform).of('edge', 'istioctl/istio');
  expect(at(operator, ['spec', 'components', 'cni'])).toEqual({ enabled: true, namespace: 'kube-system' });
  expect(at(operator, ['spec', 'values', 'global', 'platform'])).toBe('openshift');
});

test('Sail gets the node agents of an ambient mesh, each in the namespace that istiod trusts', () => {
  const dist = sailAmbient();
  expect(at(dist.of('a', 'ZTunnel//default'), ['spec'])).toEqual({
    version: 'v1.31.1',
    namespace: 'ztunnel',
    values: {
      ztunnel: { istioNamespace: 'istio-system', multiCluster: { clusterName: 'a' }, network: 'net-a' },
    },
  });
  expect(at(dist.of('a', 'IstioCNI//default'), ['spec'])).toMatchObject({
    namespace: 'istio-cni',
    profile: 'ambient',
  });
  expect(at(dist.of('a', 'Istio//default'), ['spec', 'values', 'pilot', 'trustedZtunnelNamespace'])).toBe(
    'ztunnel',
  );
  for (const name of ['ztunnel', 'istio-cni']) expect(dist.of('a', `Namespace//${name}`)).toBeDefined();
});

describe("a user's own values", () => {
  const values = {
    pilot: { env: { PILOT_TRACE: 'true' }, autoscaleMin: 2 },
    meshConfig: { accessLogFile: '/dev/stdout' },
  };
  const more = { pilot: { autoscaleMin: 3 } };

  test('are merged over ours, those of a cluster last, whatever the installer', () => {
    const merged = {
      pilot: { ...values.pilot, autoscaleMin: 3 },
      meshConfig: { trustDomain: 'cluster.local', accessLogFile: '/dev/stdout' },
    };
    expect(primaryRemote({ values }, { values: more }).of('hq', 'helm/istiod')).toMatchObject(merged);
    const spec = primaryRemote({ values, installer: 'sail' }, { values: more }).of('hq', 'Istio//default');
    expect(at(spec, ['spec', 'values'])).toMatchObject(merged);
    const operator = primaryRemote({ values, installer: 'istioctl' }, { values: more }).of(
      'hq',
      'istioctl/istio',
    );
    expect(at(operator, ['spec', 'values', 'pilot'])).toEqual(merged.pilot);
  });

  test('have the names of the bindings, and reach the charts under theirs', () => {
    const dist = primaryRemote({
      values: {
        global: { waypoint: { resources: {} }, imagePullPolicy: undefined },
        meshConfig: { defaultConfig: { meshId: 'x' } },
      },
    });
    expect(at(dist.of('hq', 'helm/istiod'), ['meshConfig', 'defaultConfig'])).toEqual({ meshId: 'x' });
  });

  test.each([
    [{ global: { network: 'other' } }, 'global.network to "other"', 'to be "vpc"'],
    [{ global: { meshId: 'other' } }, 'global.meshID to "other"', 'to be "mesh1"'],
    [{ global: { externalIstiod: false } }, 'global.externalIstiod to false', 'unset'],
    [{ istiodRemote: { injectionUrl: 'https://x' } }, 'istiodRemote.injectionURL to "https://x"', 'unset'],
    [{ pilot: { env: { EXTERNAL_ISTIOD: 'false' } } }, 'pilot.env.EXTERNAL_ISTIOD to "false"', 'unset'],
    [{ profile: 'demo' }, 'profile to "demo"', 'to be "remote"'],
    [{ revision: 'x' }, 'revision to "x"', 'unset'],
  ] as const)("can't contradict the topology: %j", (given, what, needed) => {
    const make = () => primaryRemote({ values: given });
    expect(make).toThrow(`the values of the mesh set ${what}, but its place in the mesh needs it ${needed}`);
  });

  test('of the mesh that contradict the topology are reported once, not for each cluster', () => {
    const make = () => primaryRemote({ values: { global: { network: 'other' } } });
    let text = '';
    try {
      make();
    } catch (error) {
      text = (error as Error).message;
    }
    expect(text.split('\n')).toHaveLength(1);
  });

  test('about images hold for the node agents too, those about the base chart for it', () => {
    const given = {
      values: {
        global: { hub: 'registry.example/istio' },
        base: { excludedCrDs: ['wasmplugins.extensions.istio.io'] },
      },
    };
    const ambientMesh = (installer: 'helm' | 'sail') =>
      written(outdir => {
        const mesh = new Mesh({ ...given, dataPlane: 'ambient', installer, outdir });
        new Cluster(mesh, 'a', {
          network: new Network(mesh, 'n'),
          region: 'r1',
          controlPlane: { role: 'primary' },
        });
        return mesh;
      });
    const dist = ambientMesh('helm');
    for (const name of ['istiod', 'istio-cni', 'ztunnel']) {
      expect(at(dist.of('a', `helm/${name}`), ['global', 'hub'])).toBe('registry.example/istio');
    }
    expect(at(dist.of('a', 'helm/istio-base'), ['base'])).toEqual({
      excludedCRDs: ['wasmplugins.extensions.istio.io'],
    });
    const sailed = ambientMesh('sail');
    expect(at(sailed.of('a', 'IstioCNI//default'), ['spec', 'values', 'global', 'hub'])).toBe(
      'registry.example/istio',
    );
    expect(at(sailed.of('a', 'ZTunnel//default'), ['spec', 'values', 'ztunnel', 'hub'])).toBe(
      'registry.example/istio',
    );
  });

  test('that agree with the topology are fine', () => {
    expect(() => primaryRemote({ values: { global: { network: 'vpc' } } })).not.toThrow();
  });
});

describe('an installer per cluster', () => {
  test('overrides that of the mesh', () => {
    const dist = written(outdir => {
      const mesh = new Mesh({ installer: 'sail', outdir });
      const network = new Network(mesh, 'vpc');
      new Cluster(mesh, 'a', { network, region: 'r1', controlPlane: { role: 'primary' } });
      new Cluster(mesh, 'b', { network, region: 'r1', controlPlane: { role: 'primary' }, installer: 'helm' });
      return mesh;
    });
    expect(dist.of('a', 'Istio//default')).toBeDefined();
    expect(dist.of('b', 'helm/istiod')).toBeDefined();
    expect(dist.of('b', 'Istio//default')).toBeUndefined();
  });

  test('other than Helm can be given no address that is found out later', () => {
    const make = () =>
      written(outdir => {
        const mesh = new Mesh({ outdir });
        const network = new Network(mesh, 'vpc');
        new Cluster(mesh, 'hq', { network, region: 'r1', controlPlane: { role: 'primary' } });
        const controlPlane = { role: 'remote', primary: 'hq' } as const;
        new Cluster(mesh, 'edge', { network, region: 'r1', controlPlane, installer: 'sail' });
        return mesh;
      });
    expect(make).toThrow(
      "edge: its installer is 'sail', and the control plane of 'hq' has no address; only Helm releases can be given an address that is found out when the plan is applied. Give 'hq' controlPlane: { role: 'primary', address } with a static IP or a DNS name, or use the installer 'helm'.",
    );
  });

  test("can't be istioctl in an ambient mesh", () => {
    const mesh = new Mesh({ dataPlane: 'ambient', installer: 'istioctl' });
    new Cluster(mesh, 'a', {
      network: new Network(mesh, 'n'),
      region: 'r1',
      controlPlane: { role: 'primary' },
    });
    expect(() => [...mesh.render()]).toThrow("a: its installer is 'istioctl' in an ambient mesh");
  });
});

describe('versions', () => {
  test('before 1.31, images are taken from where they stay', () => {
    for (const istioVersion of ['1.29.8', '1.30.5'] as const) {
      const dist = primaryRemote({ istioVersion });
      expect(at(dist.of('hq', 'helm/istiod'), ['global', 'hub'])).toBe('docker.io/istio');
      expect(dist.step('hq/istiod')?.slice(5, 7)).toEqual([
        'oci://ghcr.io/istio/release/charts/istiod',
        istioVersion,
      ]);
    }
    expect(at(helm.of('hq', 'helm/istiod'), ['global', 'hub'])).toBeUndefined();
  });

  test('the route to istiod of a managed gateway is of the version that istiod watches', () => {
    const route = (istioVersion: '1.29.8' | '1.31.1') =>
      written(outdir => {
        const mesh = new Mesh({ istioVersion, outdir });
        const network = new Network(mesh, 'vpc');
        const eastWestGateway = { kind: 'gateway-api' } as const;
        const place = { network, region: 'r1' };
        new Cluster(mesh, 'hq', {
          ...place,
          eastWestGateway,
          controlPlane: { role: 'primary', address: ADDRESS },
        });
        new Cluster(mesh, 'edge', { ...place, controlPlane: { role: 'remote', primary: 'hq' } });
        return mesh;
      });
    const at129 = route('1.29.8').of('hq', 'TLSRoute/istio-system/istiod-webhook');
    const at131 = route('1.31.1').of('hq', 'TLSRoute/istio-system/istiod-webhook');
    expect(at(at129, ['apiVersion'])).toBe('gateway.networking.k8s.io/v1alpha2');
    expect(at(at131, ['apiVersion'])).toBe('gateway.networking.k8s.io/v1');
    expect(at(at131, ['spec', 'rules', 0, 'backendRefs'])).toEqual([{ name: 'istiod', port: 443 }]);
  });
});

describe('a canary', () => {
  const dist = written(outdir => {
    const mesh = new Mesh({
      istioVersion: '1.30.5',
      canary: { revision: 'next', istioVersion: '1.31.1' },
      outdir,
    });
    const network = new Network(mesh, 'vpc');
    new Cluster(mesh, 'hq', { network, region: 'r1', controlPlane: { role: 'primary' } });
    new Cluster(mesh, 'edge', { network, region: 'r1', controlPlane: { role: 'remote', primary: 'hq' } });
    new IngressGateway(mesh, 'ingress', { clusters: ['hq'] });
    return mesh;
  });

  test('is a second control plane, in the remote too, of its own version', () => {
    for (const name of ['hq', 'edge']) {
      expect(dist.step(`${name}/istiod`)?.[6]).toBe('1.30.5');
      expect(dist.step(`${name}/istiod-next`)?.[6]).toBe('1.31.1');
      expect(at(dist.of(name, 'helm/istiod-next'), ['revision'])).toBe('next');
    }
    expect(dist.step('edge/istiod-next')?.slice(3, 4)).toEqual(['helm-address']);
  });

  test('brings the newer CRDs, and leaves gateways and validation with the first', () => {
    expect(dist.step('hq/istio-base')?.[6]).toBe('1.31.1');
    expect(dist.step('hq/istio-ingress')?.[6]).toBe('1.30.5');
    expect(at(dist.of('hq', 'helm/istio-base'), ['defaultRevision'])).toBe('default');
    expect(dist.of('hq', 'helm/istio-ingress')).toEqual({});
  });

  test('is told apart from the first by the name that its clients ask for', () => {
    const names = (suffix: string) =>
      at(dist.of('hq', `VirtualService/istio-system/istiod-vs${suffix}`), [
        'spec',
        'tls',
        0,
        'match',
        0,
        'sniHosts',
      ]);
    expect(names('')).toEqual(['istiod.istio-system.svc', 'istiod.istio-system.svc.cluster.local']);
    expect(names('-next')).toEqual([
      'istiod-next.istio-system.svc',
      'istiod-next.istio-system.svc.cluster.local',
    ]);
  });

  test.each([
    [{ revision: 'default' }, "mesh: the revision is called 'default'"],
    [
      { revision: 'a', canary: { revision: 'a' } },
      "mesh: the canary has the revision 'a' of the control plane beside it",
    ],
    [{ revision: '1.31' }, "mesh: revision '1.31' is not a DNS-1123 label"],
    [{ dataPlane: 'ambient', canary: { revision: 'b' } }, "mesh: an ambient mesh has the canary 'b'"],
  ] as const)('is refused where it could not work: %j', (props, what) => {
    expect(() => new Mesh(props)).toThrow(what);
  });
});
