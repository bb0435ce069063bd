/** How apply.sh executes the steps that some models and installers need, before stand-ins for its tools. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const SCRIPT = resolve(__dirname, '../../apply.sh');
/** Answers of the stand-ins; each prints its arguments on standard error. */
const TOOLS = {
  helm: 'exit 1',
  istioctl: `case "$*" in *version*) echo "client version: 1.31.1";; esac`,
  kubectl: `case "$*" in
    *'version --client'*) echo 'Client Version: v1.34.0' ;;
    *get-contexts*) printf 'ops\\nfra\\n' ;;
    *'config view'*) echo https://api.fra.example ;;
    *go-template=*) printf '%s\\n' "$*" ;;
    *' -f -'*) cat ;;
  esac`,
};

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'isthmus-apply-'));
  mkdirSync(join(folder, 'bin'));
  for (const [name, body] of Object.entries(TOOLS)) {
    const file = join(folder, 'bin', name);
    writeFileSync(file, `#!/bin/sh\necho "${name} $*" >&2\n${body}\n`);
    chmodSync(file, 0o755);
  }
});

afterAll(() => rmSync(folder, { recursive: true }));

function apply(...steps: string[][]) {
  const dist = mkdtempSync(join(folder, 'dist-'));
  mkdirSync(join(dist, 'fra', 'istioctl'), { recursive: true });
  writeFileSync(join(dist, 'fra', 'istioctl', 'istio.yml'), 'kind: IstioOperator\n');
  writeFileSync(join(dist, 'fleet.json'), '{}\n');
  writeFileSync(join(dist, 'apply.tsv'), steps.map(step => `${step.join('\t')}\n`).join(''));
  const env = { ...process.env, PATH: `${join(folder, 'bin')}:${process.env.PATH}` };
  return spawnSync('bash', [SCRIPT, '--dist', dist, '--yes'], { env, encoding: 'utf8' });
}

const install = (version: string) => [
  'fra/istio',
  'fra',
  'fra',
  'istioctl',
  version,
  'fra/istioctl/istio.yml',
  '10m',
];

test('istioctl installs the file, if it is of the version that the plan names', () => {
  const { status, stderr } = apply(install('1.31.1'));
  expect(stderr).toMatch(
    /istioctl install --context fra -f \S+\/fra\/istioctl\/istio\.yml --skip-confirmation --readiness-timeout 10m/,
  );
  expect(status).toBe(0);
});

test('an istioctl of another version installs nothing', () => {
  const { status, stderr } = apply(install('1.30.5'));
  expect(stderr).toContain('istioctl is client version: 1.31.1, the plan needs 1.30.5');
  expect(stderr).not.toContain('istioctl install');
  expect(status).toBe(1);
});

const secret = (action: string) => [
  `ops/${action}`,
  ...['ops', 'ops', action, 'frankfurt', 'fra', 'istio-system', 'token', '2m', '-'],
];

test('an external istiod gets its config cluster as istio-kubeconfig, under the key config and without a label', () => {
  const { status, stdout, stderr } = apply(secret('config-secret'));
  expect(stdout).toContain('name: istio-kubeconfig\n  namespace: istio-system\n  annotations:');
  expect(stdout).toContain('stringData:\n  config: |\n');
  expect(stdout).toContain('current-context: frankfurt');
  expect(stdout).not.toContain('istio/multiCluster');
  expect(stderr).toContain('kubectl --context ops apply --server-side --field-manager=isthmus -f -');
  expect(status).toBe(0);
});

test('a remote secret has the label and the key by which istiod knows it', () => {
  const { status, stdout } = apply(secret('remote-secret'));
  expect(stdout).toContain('name: istio-remote-secret-frankfurt\n');
  expect(stdout).toContain('labels:\n    istio/multiCluster: "true"\n  annotations:');
  expect(stdout).toContain('stringData:\n  frankfurt: |\n');
  expect(status).toBe(0);
});
