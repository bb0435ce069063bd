/**
 * A folder with apply.sh, a dist and stand-ins for kubectl and helm: what a run called, in which order, and what it
 * printed. Needs bash and coreutils only. TEST_BASH names another bash, such as the 3.2 of macOS.
 */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

export const SCRIPT = resolve(__dirname, '../../apply.sh');
export const TOKEN = 'eyJhbGciOiJSUzI1NiJ9.reader-of-sao-paulo';
const BASH = process.env.TEST_BASH ?? 'bash';

/** What a stand-in answers to calls holding `when`, or equal to it when it starts with `^`. */
export interface Rule {
  readonly when: string;
  readonly code?: number;
  readonly out?: string;
  readonly err?: string;
}

export interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Calls to kubectl and helm in order, words joined by spaces, without the questions about version and contexts. */
  readonly calls: readonly string[];
  /** The same calls, word by word. */
  readonly words: readonly (readonly string[])[];
}

/** Answers of a fresh fleet: nothing is installed, everything works. */
export const FRESH: readonly Rule[] = [
  { when: 'kubectl version --client', out: 'Client Version: v1.31.4\nKustomize Version: v5.4.2' },
  { when: 'config get-contexts -o name', out: 'gke_frankfurt\ngke_sao-paulo\nother' },
  { when: 'ingress[0].ip}', out: '203.0.113.7' },
  { when: 'config view', out: 'https://198.51.100.4:6443' },
  { when: 'go-template=', out: '@template' },
  { when: ' history ', code: 1, err: 'Error: release: not found' },
];

const GATEWAY = 'istio-system\tistio-eastwestgateway';
const CHARTS = 'oci://ghcr.io/istio/release/charts';

/** A plan with every action, in the order of a primary and its remote. */
export const PLAN: readonly string[] = [
  'frankfurt-namespaces\tfrankfurt\tgke_frankfurt\tapply\tfrankfurt/00-namespaces.yaml',
  'sao-paulo-namespaces\tsao-paulo\tgke_sao-paulo\tapply\tsao-paulo/00-namespaces.yaml',
  "frankfurt-cacerts\tfrankfurt\tgke_frankfurt\tsecret\tistio-system\tcacerts\tmake it from the mesh's root",
  `frankfurt-istiod\tfrankfurt\tgke_frankfurt\thelm\tistiod\t${CHARTS}/istiod\t1.31.1\tistio-system\tfrankfurt/helm/istiod.yml\t5m\td1`,
  `frankfurt-address\tfrankfurt\tgke_frankfurt\taddress\t${GATEWAY}\t4m`,
  'frankfurt-crd\tfrankfurt\tgke_frankfurt\twait\t-\tcrd/gateways.networking.istio.io\tcondition=Established\t61s',
  'frankfurt-ready\tfrankfurt\tgke_frankfurt\twait\tistio-system\tdeployment/istiod\tcondition=Available\t3m',
  `sao-paulo-istiod\tsao-paulo\tgke_sao-paulo\thelm-address\tistiod\t${CHARTS}/istiod\t1.31.1\tistio-system\tsao-paulo/helm/istiod.yml\t6m\td2\tglobal.remotePilotAddress\tgke_frankfurt\t${GATEWAY}`,
  'link-sao-paulo\tfrankfurt\tgke_frankfurt\tremote-secret\tsao-paulo\tgke_sao-paulo\tistio-system\treader-token\t90s\t-',
  'frankfurt-routes\tfrankfurt\tgke_frankfurt\tapply\tfrankfurt/50-routes.yaml',
];

const FILES = [
  'frankfurt/00-namespaces.yaml',
  'frankfurt/50-routes.yaml',
  'frankfurt/helm/istiod.yml',
  'sao-paulo/00-namespaces.yaml',
  'sao-paulo/helm/istiod.yml',
  'fleet.json',
];

export class Sandbox {
  public readonly root = mkdtempSync(join(tmpdir(), 'isthmus-apply-'));
  private readonly record = join(this.root, 'record');

  /** `home`, relative to the sandbox, gets apply.sh and dist, and is where it is run. */
  constructor(public readonly home = 'home') {
    for (const folder of ['bin', 'record', 'tmp', home])
      mkdirSync(join(this.root, folder), { recursive: true });
    for (const tool of ['kubectl', 'helm']) {
      copyFileSync(join(__dirname, 'stand-in.sh'), join(this.root, 'bin', tool));
      chmodSync(join(this.root, 'bin', tool), 0o755);
    }
    copyFileSync(SCRIPT, this.path('apply.sh'));
    for (const file of FILES) this.write(`dist/${file}`, '{}\n');
    this.write('dist/apply.tsv', `${PLAN.join('\n')}\n`);
  }

  path(file: string): string {
    return join(this.root, this.home, file);
  }

  write(file: string, text: string): void {
    mkdirSync(dirname(this.path(file)), { recursive: true });
    writeFileSync(this.path(file), text);
  }

  remove(): void {
    rmSync(this.root, { recursive: true });
  }

  /** Runs apply.sh against stand-ins that answer by these rules first, then like a fresh fleet. */
  apply(
    args: readonly string[],
    rules: readonly Rule[] = [],
    how: { cwd?: string; tools?: string; x?: boolean } = {},
  ): Run {
    const cwd = how.cwd ?? this.path('.');
    const script = how.cwd === undefined ? './apply.sh' : this.path('apply.sh');
    return this.bash([...(how.x ? ['-x'] : []), script, ...args], rules, cwd, how.tools);
  }

  /** Runs bash with the stand-ins first in PATH. */
  bash(args: readonly string[], rules: readonly Rule[] = [], cwd = this.path('.'), tools = 'bin'): Run {
    const lines = [...rules, ...FRESH].map(
      r => `${r.when}\x1f${r.code ?? 0}\x1f${r.out ?? ''}\x1f${r.err ?? ''}\x1f\x1e`,
    );
    for (const file of ['calls', 'env', 'stdin', 'leaks']) writeFileSync(join(this.record, file), '');
    writeFileSync(join(this.record, 'rules'), lines.join(''));
    writeFileSync(join(this.record, 'token'), TOKEN);
    const path = tools === 'bin' ? `${join(this.root, 'bin')}:${process.env.PATH}` : tools;
    const env = { PATH: path, HOME: this.root, TMPDIR: join(this.root, 'tmp'), RECORD: this.record };
    const bash = spawnSync('/bin/sh', ['-c', `command -v ${BASH}`])
      .stdout.toString()
      .trim();
    const done = spawnSync(bash, args, { cwd, env, input: '', encoding: 'utf8' });
    const all = this.recorded('calls').split('\x1e').slice(0, -1);
    const words = all
      .map(call => call.split('\x1f').slice(0, -1))
      .filter(call => !['version', 'get-contexts'].some(question => call.slice(1, 3).includes(question)));
    const calls = words.map(call => call.join(' '));
    return { code: done.status ?? -1, stdout: done.stdout, stderr: done.stderr, calls, words };
  }

  /** What the stand-ins kept of the last run: calls, env, stdin (of `-f -`), leaks (files that held the token). */
  recorded(what: 'calls' | 'env' | 'stdin' | 'leaks'): string {
    const file = join(this.record, what);
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  }
}
