import { Chart, JsonPatch, Lazy } from 'cdk8s';
import { ModelError } from '../../lib/errors';
import { Gateway, PeerAuthentication, Sidecar, VirtualService } from '../../lib/istio';
import { chartManifest, MeshStandIn, NamespaceStandIn } from './support';

const STRICT = { mtls: { mode: 'STRICT' } } as const;
const ROUTE = { hosts: ['reviews'], http: [{ route: [{ destination: { host: 'reviews' } }] }] };
const SERVERS = { servers: [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*'] }] };

describe('in a chart', () => {
  test('it is an ordinary ApiObject, in the namespace of the chart, named by its id', () => {
    const manifest = chartManifest(chart => new PeerAuthentication(chart, 'default', STRICT), 'bookinfo');
    expect(manifest.metadata).toEqual({ name: 'default', namespace: 'bookinfo' });
  });

  test('labels and annotations, its own and those of the chart, are kept', () => {
    const chart = new Chart(new MeshStandIn({}), 'chart', { labels: { team: 'a' } });
    new PeerAuthentication(chart, 'x', { metadata: { labels: { b: 'c' }, annotations: { d: 'e' } } });
    expect(chart.toJson()[0].metadata).toEqual({
      name: 'x',
      labels: { team: 'a', b: 'c' },
      annotations: { d: 'e' },
    });
  });

  test('a namespace of its own wins', () => {
    const props = { ...STRICT, metadata: { name: 'mine', namespace: 'other' } };
    const manifest = chartManifest(chart => new PeerAuthentication(chart, 'default', props), 'bookinfo');
    expect(manifest.metadata).toEqual({ name: 'mine', namespace: 'other' });
  });

  test('it is not rendered by the mesh once more', () => {
    const mesh = new MeshStandIn({ frankfurt: [] });
    new PeerAuthentication(new Chart(mesh, 'chart'), 'default', STRICT);
    expect(mesh.render()).toEqual({ frankfurt: [] });
  });
});

describe('on the mesh', () => {
  test('it goes into every config cluster and no other', () => {
    const mesh = new MeshStandIn({ frankfurt: ['sao-paulo'], iowa: [] });
    new PeerAuthentication(new NamespaceStandIn(mesh, 'bookinfo'), 'default', STRICT);
    const rendered = mesh.render();
    expect(Object.entries(rendered).map(([name, objects]) => [name, objects.length])).toEqual([
      ['frankfurt', 1],
      ['sao-paulo', 0],
      ['iowa', 1],
    ]);
    expect(rendered.frankfurt[0].manifest.metadata).toEqual({ name: 'default', namespace: 'bookinfo' });
  });

  test('clusters narrows it to the config clusters that serve them', () => {
    const mesh = new MeshStandIn({ frankfurt: ['sao-paulo'], iowa: [] });
    const at = { metadata: { namespace: 'a' } };
    new PeerAuthentication(mesh, 'by-name', { ...at, clusters: ['sao-paulo'] });
    new PeerAuthentication(mesh, 'by-object', { ...at, clusters: [mesh.cluster('iowa')] });
    new PeerAuthentication(mesh, 'none', { ...at, clusters: [] });
    const names = Object.entries(mesh.render()).map(([name, all]) => [
      name,
      ...all.map(it => it.manifest.metadata.name),
    ]);
    expect(names).toEqual([['frankfurt', 'by-name'], ['sao-paulo'], ['iowa', 'by-object']]);
  });

  test('several clusters get the same JavaScript object', () => {
    const mesh = new MeshStandIn({ frankfurt: [], iowa: [] });
    new PeerAuthentication(new NamespaceStandIn(mesh, 'bookinfo'), 'default', STRICT);
    const { frankfurt, iowa } = mesh.render();
    expect(frankfurt[0].manifest).toBe(iowa[0].manifest);
  });

  test('Gateway and VirtualService are routes, the rest is mesh, and layer overrides both', () => {
    const mesh = new MeshStandIn({ frankfurt: [] });
    const namespace = new NamespaceStandIn(mesh, 'bookinfo');
    new Gateway(namespace, 'gateway', SERVERS);
    new VirtualService(namespace, 'reviews', ROUTE);
    new Sidecar(namespace, 'default', { egress: [{ hosts: ['./*'] }] });
    new Gateway(namespace, 'east-west', { ...SERVERS, layer: 'gateways' });
    expect(mesh.render().frankfurt.map(it => it.layer)).toEqual(['routes', 'routes', 'mesh', 'gateways']);
  });

  test('it is written as in a chart: sorted, without null and undefined, with lazy values resolved', () => {
    const hosts = Lazy.any({ produce: () => ['reviews'] }) as string[];
    const props = { ...ROUTE, hosts, gateways: undefined, exportTo: null as never };
    const mesh = new MeshStandIn({ frankfurt: [] });
    new VirtualService(new NamespaceStandIn(mesh, 'bookinfo'), 'reviews', props);
    const [{ manifest }] = mesh.render().frankfurt;
    expect(JSON.stringify(manifest)).toBe(
      JSON.stringify(chartManifest(chart => new VirtualService(chart, 'reviews', props), 'bookinfo')),
    );
    expect(Object.keys(manifest.spec as object)).toEqual(['hosts', 'http']);
  });

  test('without a namespace it is refused, with the path and the way out', () => {
    expect(() => new PeerAuthentication(new MeshStandIn({}), 'default', STRICT)).toThrow(
      'default: it has no namespace; the mesh, unlike a MeshNamespace or a chart, has none that it could default to. ' +
        'Set metadata.namespace, or declare it in a MeshNamespace.',
    );
  });
});

describe('names', () => {
  test.each(['Default', 'a_b', '-a', 'a-', 'a..b', '', 'a'.repeat(254)])('%j is refused', name => {
    const build = () => chartManifest(chart => new PeerAuthentication(chart, 'x', { metadata: { name } }));
    expect(build).toThrow(ModelError);
    expect(build).toThrow(`chart/x: the name ${JSON.stringify(name)} is not a DNS-1123 subdomain`);
  });

  test('dots are fine, but not in the name of a Gateway', () => {
    const metadata = { name: 'a.b' };
    expect(chartManifest(chart => new PeerAuthentication(chart, 'x', { metadata })).metadata.name).toBe(
      'a.b',
    );
    expect(() => chartManifest(chart => new Gateway(chart, 'x', { ...SERVERS, metadata }))).toThrow(
      'DNS-1123 label',
    );
  });
});

describe('JSON patches', () => {
  const patches = [
    JsonPatch.replace('/spec/mtls/mode', 'PERMISSIVE'),
    JsonPatch.add('/spec/newer5XxField', { a5XxB: 1 }),
    JsonPatch.add('/metadata/labels', { a: 'b' }),
  ];
  const patched = {
    metadata: { name: 'default', namespace: 'bookinfo', labels: { a: 'b' } },
    spec: { mtls: { mode: 'PERMISSIVE' }, newer5XxField: { a5XxB: 1 } },
  };

  test('apply in a chart, to unknown fields too', () => {
    const manifest = chartManifest(chart => {
      new PeerAuthentication(chart, 'default', STRICT).addJsonPatch(...patches);
    }, 'bookinfo');
    expect(manifest).toMatchObject(patched);
  });

  test('apply on the mesh, to unknown fields too, also after it was rendered', () => {
    const mesh = new MeshStandIn({ frankfurt: [] });
    const policy = new PeerAuthentication(new NamespaceStandIn(mesh, 'bookinfo'), 'default', STRICT);
    mesh.render();
    policy.addJsonPatch(...patches);
    expect(mesh.render().frankfurt[0].manifest).toMatchObject(patched);
  });
});

test('a field that the bindings do not know reaches the YAML from both placements', () => {
  const props = { ...STRICT, newer: { field5Xx: 1 } } as never;
  const mesh = new MeshStandIn({ frankfurt: [] });
  new PeerAuthentication(new NamespaceStandIn(mesh, 'bookinfo'), 'default', props);
  const spec = { mtls: { mode: 'STRICT' }, newer: { field5Xx: 1 } };
  expect(mesh.render().frankfurt[0].manifest.spec).toEqual(spec);
  expect(chartManifest(chart => new PeerAuthentication(chart, 'default', props)).spec).toEqual(spec);
});
