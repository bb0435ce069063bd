/** What is installed is what the read model finds in dist. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ambientMultiNetwork } from '../../examples/ambient-multi-network';
import { canaryUpgrade } from '../../examples/canary-upgrade';
import { externalControlPlane } from '../../examples/external-control-plane';
import type { Mesh } from '../../lib';
import { controlPlanes, proxyNetwork } from '../../lib/fleet/control-plane';
import { gatewayWorkloads } from '../../lib/fleet/expand/gateways';
import type { Fleet } from '../../lib/fleet/fleet';
import { loadDist } from '../../lib/fleet/load';

function loaded(make: (outdir: string) => Mesh): Fleet {
  const base = mkdtempSync(join(tmpdir(), 'isthmus-fleet-'));
  try {
    const outdir = join(base, 'dist');
    make(outdir).synth();
    return loadDist(outdir);
  } finally {
    rmSync(base, { recursive: true });
  }
}

test('a revisioned istiod is found, and taken for no gateway', () => {
  const fleet = loaded(canaryUpgrade);
  expect([...controlPlanes(fleet).values()].map(({ cluster, version }) => [cluster, version])).toEqual([
    ['hq', '1.30'],
  ]);
  const gateways = gatewayWorkloads(fleet).filter(({ manifest }) => manifest.kind === 'Deployment');
  expect(gateways.map(({ manifest }) => manifest.metadata.name).sort()).toEqual([
    'istio-eastwestgateway',
    'istio-ingressgateway',
  ]);
});

test('an external control plane bears the name of its config cluster, and its host is no member', () => {
  const fleet = loaded(externalControlPlane);
  expect([...controlPlanes(fleet).keys()]).toEqual(['frankfurt']);
  expect(fleet.clusters.map(({ name, controlPlane }) => [name, controlPlane])).toEqual([
    ['belgium', { role: 'remote', primary: 'frankfurt' }],
    ['frankfurt', { role: 'external' }],
  ]);
  expect(fleet.clusters.map(cluster => proxyNetwork(fleet, cluster))).toEqual(['vpc', 'vpc']);
});

test('the HBONE gateways of an ambient mesh are found', () => {
  const services = gatewayWorkloads(loaded(ambientMultiNetwork)).filter(
    ({ manifest }) => manifest.kind === 'Service' && manifest.metadata.name === 'istio-eastwestgateway',
  );
  expect(services.map(({ cluster }) => cluster)).toEqual(['frankfurt', 'ireland']);
});
