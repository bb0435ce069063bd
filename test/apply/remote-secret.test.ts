import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { Sandbox, TOKEN } from './sandbox';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(() => sandbox.remove());

const LINK = ['--yes', '--step', 'link-sao-paulo'];
const READ = { when: 'go-template=' };
const WRITE = { when: '-f -' };

function files(folder: string): string[] {
  return readdirSync(folder).flatMap(name => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? files(path) : [path];
  });
}

test("is what istioctl's create-remote-secret makes", () => {
  sandbox.apply(LINK);
  const secret = parse(sandbox.recorded('stdin'));
  const kubeconfig = parse(secret.stringData['sao-paulo']);
  expect({ ...secret, stringData: { 'sao-paulo': kubeconfig } }).toEqual({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: 'istio-remote-secret-sao-paulo',
      namespace: 'istio-system',
      labels: { 'istio/multiCluster': 'true' },
      annotations: { 'networking.istio.io/cluster': 'sao-paulo' },
    },
    stringData: {
      'sao-paulo': {
        apiVersion: 'v1',
        kind: 'Config',
        clusters: [
          {
            name: 'sao-paulo',
            cluster: { 'certificate-authority-data': 'Q0EK', server: 'https://198.51.100.4:6443' },
          },
        ],
        users: [{ name: 'sao-paulo', user: { token: TOKEN } }],
        contexts: [{ name: 'sao-paulo', context: { cluster: 'sao-paulo', user: 'sao-paulo' } }],
        'current-context': 'sao-paulo',
      },
    },
  });
});

test.each([
  ['a good run', []],
  ['a failed read', [{ ...READ, code: 1, out: '@template', err: 'broken' }]],
  ['a failed write', [{ ...WRITE, code: 1, err: 'conflict' }]],
])('the token is in no argument, file, environment, output or trace of %s', (_, rules) => {
  const run = sandbox.apply(LINK, rules, { x: true });
  expect(run.stderr).toContain('+ run kubectl');
  expect(sandbox.recorded('stdin')).toContain(TOKEN);
  for (const text of [run.stdout, run.stderr, sandbox.recorded('calls'), sandbox.recorded('env')]) {
    expect(text).not.toContain(TOKEN);
  }
  expect(sandbox.recorded('leaks')).toBe('');
  for (const folder of ['home', 'tmp']) {
    expect(
      files(join(sandbox.root, folder)).filter(file => readFileSync(file, 'utf8').includes(TOKEN)),
    ).toEqual([]);
  }
});

test('says which side of the pipe failed', () => {
  expect(sandbox.apply(LINK, [{ ...READ, code: 1 }]).stderr).toContain(
    'Reading Secret reader-token failed in the remote (cluster sao-paulo, context gke_sao-paulo).',
  );
  expect(
    sandbox.apply(LINK, [
      { ...READ, code: 1 },
      { ...WRITE, code: 1 },
    ]).stderr,
  ).toContain('Reading Secret');
  expect(sandbox.apply(LINK, [{ ...WRITE, code: 1 }]).stderr).toContain(
    'Writing istio-remote-secret-sao-paulo failed in cluster frankfurt (context gke_frankfurt).',
  );
  expect(
    sandbox.apply(LINK, [
      { ...READ, code: 141 },
      { ...WRITE, code: 1 },
    ]).stderr,
  ).toContain('Writing istio-remote');
});

test('the API server of the model is used as it is', () => {
  sandbox.write(
    'dist/apply.tsv',
    'l\tfrankfurt\tother\tremote-secret\tb\tother\tns\tt\t1m\thttps://api.example.com\n',
  );
  const run = sandbox.apply(['--yes']);
  expect(run.calls.filter(call => call.includes('config view'))).toEqual([]);
  expect(parse(parse(sandbox.recorded('stdin')).stringData.b).clusters[0].cluster.server).toBe(
    'https://api.example.com',
  );
});

test.each([
  'https://127.0.0.1:6443',
  'https://127.1.2.3',
  'https://localhost',
  'https://localhost:6443',
  'https://0.0.0.0:40123',
  'https://[::1]:6443',
])('an API server that other clusters cannot reach is refused: %s', server => {
  const run = sandbox.apply(LINK, [{ when: 'config view', out: server }]);
  expect(run.code).toBe(1);
  expect(run.stderr).toContain(`API server ${server} can be reached from its own machine only`);
  expect(run.stderr).toContain('Give apiServer');
  expect(run.calls).toHaveLength(1);
});

test.each(['', 'api.example.com:6443', 'https://x{{.data.token}}', 'https://a\n    b: c'])(
  'an API server that is no URL is refused: %j',
  server => {
    const run = sandbox.apply(LINK, [{ when: 'config view', out: server }]);
    expect(run.code).toBe(1);
    expect(run.stderr).toContain('is not a URL');
    expect(run.calls).toHaveLength(1);
  },
);

test.each([
  'https://[2001:db8::1]:6443',
  'https://localhost.example.com',
  'https://rancher.example.com/k8s/clusters/c-1',
])('an API server elsewhere is taken: %s', server => {
  expect(sandbox.apply(LINK, [{ when: 'config view', out: server }]).code).toBe(0);
});
