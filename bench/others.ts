import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toYamlDocuments } from '../lib/output/yaml';
import type { Case } from './contenders';
import type { Result } from './measure';
import { objectsOf } from './objects';

/** They start a process per cluster: more clusters only multiply the time. */
const MOST_CLUSTERS = 100;
/** Kustomize compares each resource with each other: 10,000 in one folder take it many minutes. */
const MOST_OBJECTS = 1000;

interface Tool {
  readonly name: string;
  /** Says whether it is installed. */
  readonly probe: readonly string[];
  /** Puts what it needs into a folder, from the manifests of a cluster. */
  prepare(folder: string, manifests: string): void;
  /** Renders the folder. */
  command(folder: string): readonly string[];
}

const kustomization = (folder: string, manifests: string): void => {
  writeFileSync(join(folder, 'all.yaml'), manifests);
  writeFileSync(join(folder, 'kustomization.yaml'), 'resources:\n  - all.yaml\n');
};

const TOOLS: readonly Tool[] = [
  {
    name: 'helm template',
    probe: ['helm', 'version', '--short'],
    prepare(folder, manifests) {
      mkdirSync(join(folder, 'templates'));
      writeFileSync(join(folder, 'Chart.yaml'), 'apiVersion: v2\nname: bench\nversion: 0.1.0\n');
      writeFileSync(join(folder, 'templates', 'all.yaml'), manifests);
    },
    command: folder => ['helm', 'template', 'bench', folder],
  },
  {
    name: 'kustomize',
    probe: ['kustomize', 'version'],
    prepare: kustomization,
    command: folder => ['kustomize', 'build', folder],
  },
  {
    name: 'kubectl kustomize',
    probe: ['kubectl', 'kustomize', '--help'],
    prepare: kustomization,
    command: folder => ['kubectl', 'kustomize', folder],
  },
];

/** Helm and Kustomize, where they are installed, on the same objects: one call per cluster, output to a file. */
export function measureOthers(what: Case, runs: number): Result[] {
  if (what.objects === undefined || what.clusters > MOST_CLUSTERS || what.objects > MOST_OBJECTS) return [];
  return TOOLS.filter(({ probe }) => spawnSync(probe[0], probe.slice(1)).status === 0).map(tool => {
    const times: number[] = [];
    for (let run = 0; run < runs; run++) times.push(time(tool, what));
    times.sort((a, b) => a - b);
    const synth = times[times.length >> 1];
    return { contender: tool.name, case: what, runs, build: 0, synth, cpu: 0, memory: 0 };
  });
}

function time(tool: Tool, what: Case): number {
  const root = mkdtempSync(join(tmpdir(), 'isthmus-bench-'));
  try {
    const folders = Array.from({ length: what.clusters }, (_, index) => {
      const folder = join(root, `cluster-${index}`);
      mkdirSync(folder);
      tool.prepare(folder, toYamlDocuments([...objectsOf(`cluster-${index}`, what.objects ?? 0)]));
      return folder;
    });
    const start = performance.now();
    for (const folder of folders) {
      const [command, ...args] = tool.command(folder);
      const { status, stdout, stderr } = spawnSync(command, args, { maxBuffer: 1 << 30 });
      if (status !== 0) throw new Error(`${tool.name} failed: ${stderr}`);
      writeFileSync(join(folder, 'out.yaml'), stdout);
    }
    return performance.now() - start;
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
