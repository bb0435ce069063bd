import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Mesh } from '../../lib';

const folder = resolve(__dirname, '../../examples');
const apps = readdirSync(folder).filter(name => name.endsWith('.ts'));

test.each(apps)('%s exports one function, which describes a mesh that can be rendered', file => {
  const functions = Object.values(require(join(folder, file)) as Record<string, (outdir?: string) => Mesh>);
  expect(functions).toHaveLength(1);
  const mesh = functions[0]('/nonexistent');
  expect(mesh).toBeInstanceOf(Mesh);
  expect([...mesh.render()].map(({ cluster }) => cluster)).toEqual(mesh.clusters);
});

test('an app that is run writes to CDK8S_OUTDIR', () => {
  const outdir = mkdtempSync(join(tmpdir(), 'isthmus-example-'));
  try {
    const env = { ...process.env, CDK8S_OUTDIR: outdir };
    const tsx = require.resolve('tsx/cli');
    execFileSync(process.execPath, [tsx, join(folder, 'multi-primary.ts')], { env });
    const { clusters } = JSON.parse(readFileSync(join(outdir, 'fleet.json'), 'utf8'));
    expect(clusters.map(({ name }: { name: string }) => name)).toEqual(['east', 'west']);
  } finally {
    rmSync(outdir, { recursive: true });
  }
}, 60_000);
