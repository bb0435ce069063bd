import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { deployment, namespace, service } from '../fleet/meshes';
import { isthmus } from './run';

const CLUSTERS = ['frankfurt', 'sao-paulo'].map((name, i) => ({
  name,
  context: name,
  network: 'vpc',
  region: ['europe-west3', 'southamerica-east1'][i],
  zones: ['a', 'b', 'c'].map(zone => `${['europe-west3', 'southamerica-east1'][i]}-${zone}`),
  controlPlane: i === 0 ? { role: 'primary' } : { role: 'remote', primary: 'frankfurt' },
  configCluster: 'frankfurt',
}));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cli-'));
  const shared = namespace('bookinfo') + service('reviews') + service('productpage');
  write('dist/fleet.json', JSON.stringify({ version: 1, clusters: CLUSTERS }));
  write(
    'dist/frankfurt/40-applications.yaml',
    shared + deployment('reviews', 'v1') + deployment('reviews', 'v2') + deployment('productpage', 'v1'),
  );
  write('dist/sao-paulo/40-applications.yaml', shared + deployment('reviews', 'v3'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}
const dist = () => join(folder, 'dist');

describe('isthmus endpoints', () => {
  test('prints the contract’s JSON', async () => {
    const { code, out } = await isthmus(
      'endpoints',
      dist(),
      '--from',
      'frankfurt/europe-west3-b',
      '--service',
      'bookinfo/reviews:9080',
      '--format',
      'json',
    );
    expect(code).toBe(0);
    const { localities, assumptions } = JSON.parse(out);
    expect(localities).toHaveLength(3);
    expect(localities[0]).toEqual({
      region: 'europe-west3',
      zone: 'europe-west3-b',
      subzone: '',
      priority: 0,
      weight: 1,
      endpoints: [
        {
          cluster: 'frankfurt',
          network: 'vpc',
          address: expect.stringMatching(/^10\.0\.0\.\d+:9080$/),
          weight: 1,
          health: 'healthy',
          via: null,
        },
      ],
    });
    expect(assumptions).toContain('Istio 1.31.');
  });

  test('prints one line per host for people, and what is assumed', async () => {
    const { out } = await isthmus(
      'endpoints',
      dist(),
      '--from',
      'frankfurt',
      '--service',
      'bookinfo/reviews',
    );
    expect(out).toMatch(/bookinfo\/reviews:9080 for a proxy in frankfurt\/europe-west3-a/);
    expect(out.match(/10\.\d+\.\d+\.\d+:9080/g)).toHaveLength(3);
    expect(out).toMatch(/Assumed:\n- /);
  });

  test.each([
    [
      ['--from', 'paris', '--service', 'bookinfo/reviews'],
      /cluster "paris" isn't in the fleet.*frankfurt, sao-paulo/,
    ],
    [['--from', 'frankfurt/x', '--service', 'bookinfo/reviews'], /no zone "x".*europe-west3-a/],
    [
      ['--from', 'frankfurt', '--service', 'bookinfo/nothing'],
      /no control plane knows a service "bookinfo\/nothing"/,
    ],
    [['--from', 'frankfurt', '--service', 'reviews'], /"reviews" is not a service/],
    [['--from', 'frankfurt', '--service', 'bookinfo/reviews:1'], /has no port 1. It has: 9080/],
    [
      ['--from', 'frankfurt', '--service', 'bookinfo/reviews', '--subset', 'v9'],
      /subset "v9" isn't in the DestinationRule/,
    ],
    [['--service', 'bookinfo/reviews'], /required option '--from/],
    [
      ['--from', 'frankfurt', '--service', 'bookinfo/reviews', '--format', 'xml'],
      /Allowed choices are text, json/,
    ],
  ])('%j is refused with exit code 2 and the way out', async (args, message) => {
    const { code, err, out } = await isthmus('endpoints', dist(), ...args);
    expect(code).toBe(2);
    expect(err).toMatch(message);
    expect(out).toBe('');
  });
});

describe('isthmus whatif', () => {
  test('prints the contract’s JSON: the healthy state first, then each mode', async () => {
    const { code, out } = await isthmus(
      'whatif',
      dist(),
      '--fail',
      'cluster=sao-paulo',
      '--service',
      'bookinfo/reviews',
      '--format',
      'json',
    );
    expect(code).toBe(0);
    const { scenarios, assumptions } = JSON.parse(out);
    expect(assumptions.length).toBeGreaterThan(5);
    expect(scenarios.map((s: { failed: string[]; mode: string }) => [s.failed, s.mode])).toEqual([
      [[], 'unready'],
      [['cluster=sao-paulo'], 'unready'],
      [['cluster=sao-paulo'], 'failing'],
    ]);
    expect(scenarios[1].shares[0]).toEqual({
      from: { cluster: 'frankfurt', zone: 'europe-west3-a' },
      service: 'bookinfo/reviews',
      to: { version: 'v1', cluster: 'frankfurt', region: 'europe-west3', zone: 'europe-west3-b' },
      share: 0.5,
    });
  });

  test('--all gives every single failure', async () => {
    const { out } = await isthmus('whatif', dist(), '--all', '--mode', 'unready', '--format', 'json');
    expect(JSON.parse(out).scenarios.map((s: { failed: string[] }) => s.failed.join())).toEqual([
      '',
      ...CLUSTERS.flatMap(cluster => cluster.zones.map(zone => `zone=${zone}`)),
      'region=europe-west3',
      'region=southamerica-east1',
      'cluster=frankfurt',
      'cluster=sao-paulo',
      'network=vpc',
      'control-plane=frankfurt',
    ]);
  });

  test.each(['text', 'md'])('%s says what changes and what is assumed', async format => {
    const { out } = await isthmus(
      'whatif',
      dist(),
      '--fail',
      'cluster=sao-paulo',
      '--service',
      'bookinfo/reviews',
      '--format',
      format,
    );
    expect(out).toContain('50 % v1 in frankfurt/europe-west3-b');
    expect(out).toMatch(/33\.3 % sao-paulo\/southamerica-east1-a fails and still gets requests/);
    expect(out).toContain('- Steady state');
  });

  test('says when nothing changes', async () => {
    const { out } = await isthmus('whatif', dist(), '--fail', 'control-plane=frankfurt', '--mode', 'unready');
    expect(out).toContain('Nothing changes.');
  });
});

describe('isthmus expand', () => {
  test('writes a file of YAML per cluster, with the assumptions on top', async () => {
    const output = join(folder, 'expanded');
    expect((await isthmus('expand', dist(), '--output', output, '--replicas', 'reviews-v1=3')).code).toBe(0);
    const text = readFileSync(join(output, 'frankfurt.yaml'), 'utf8');
    expect(text).toMatch(/^# cluster frankfurt\n# Pods: the given replicas/);
    const kinds = parseAllDocuments(text).map(document => document.get('kind'));
    expect(kinds.filter(kind => kind === 'Pod')).toHaveLength(5);
    expect(kinds.filter(kind => kind === 'Node')).toHaveLength(3);
  });

  test('takes observed endpoint slices instead of assumptions', async () => {
    const slice = {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: {
        name: 'reviews-x',
        namespace: 'bookinfo',
        labels: { 'kubernetes.io/service-name': 'reviews' },
      },
      addressType: 'IPv4',
      ports: [{ name: 'http', port: 9080 }],
      endpoints: [
        {
          addresses: ['10.9.9.9'],
          conditions: { ready: true, serving: true, terminating: false },
          nodeName: 'gke-1',
          zone: 'southamerica-east1-c',
          targetRef: { kind: 'Pod', name: 'reviews-v3-6d8f-x2x', namespace: 'bookinfo' },
        },
      ],
    };
    write('observed.json', JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [slice] }));
    const { out } = await isthmus(
      'endpoints',
      dist(),
      '--from',
      'frankfurt',
      '--service',
      'bookinfo/reviews',
      '--observed',
      `sao-paulo=${join(folder, 'observed.json')}`,
    );
    expect(out).toMatch(/southamerica-east1\/southamerica-east1-c +1 +sao-paulo +10\.9\.9\.9:9080/);
    expect(out).toContain('Pods of sao-paulo are those that were observed.');
  });

  test('refuses options that make no sense', async () => {
    expect((await isthmus('expand', dist(), '--replicas', 'reviews-v1')).err).toContain('Write NAME=VALUE.');
    expect((await isthmus('expand', dist(), '--replicas', 'reviews-v1=many')).err).toContain(
      '"many" is not a number of pods',
    );
    expect((await isthmus('expand', dist(), '--nodes-per-zone', '0')).code).toBe(2);
  });
});

describe('isthmus', () => {
  test('reads folders that flags describe', async () => {
    const { code, out } = await isthmus(
      'endpoints',
      '--cluster',
      `frankfurt=${join(dist(), 'frankfurt')}`,
      '--region',
      'frankfurt=eu',
      '--zones',
      'frankfurt=eu-a,eu-b',
      '--from',
      'frankfurt/eu-a',
      '--service',
      'bookinfo/reviews',
    );
    expect(code).toBe(0);
    expect(out).toContain('eu/eu-b');
  });

  test('says that a folder is not the output of a synthesis', async () => {
    const { code, err } = await isthmus('whatif', folder);
    expect(code).toBe(2);
    expect(err).toMatch(/has no fleet\.json, so it is incomplete/);
  });

  test('names file, line and column of what does not parse', async () => {
    write('bad/frankfurt/a.yaml', `${namespace('bookinfo')}---\na: [1,\nb: 2\n`);
    const { code, err } = await isthmus('whatif', '--cluster', `frankfurt=${join(folder, 'bad/frankfurt')}`);
    expect(code).toBe(2);
    expect(err).toMatch(/a\.yaml:\d+:\d+: doesn't parse/);
  });

  test('prints help and version with exit code 0, refuses unknown commands with 2', async () => {
    expect((await isthmus('--help')).code).toBe(0);
    expect((await isthmus('--version')).out).toMatch(/^\d+\.\d+\.\d+/);
    expect((await isthmus('fly')).code).toBe(2);
  });
});
