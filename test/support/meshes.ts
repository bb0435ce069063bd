import { ModelError } from '../../lib/errors';
import type { Layer } from '../../lib/layer';
import type { Manifest } from '../../lib/manifest';
import {
  Cluster,
  type ClusterProps,
  Mesh,
  MeshNamespace,
  MeshService,
  type MeshServiceProps,
} from '../../lib/mesh';
import { Network } from '../../lib/mesh/network';

/** The smallest mesh: one network `net`, a primary `a`, its remote `b`, and a namespace `shop`. */
export function smallMesh(): { mesh: Mesh; a: Cluster; b: Cluster; shop: MeshNamespace } {
  const mesh = new Mesh({ outdir: 'unused' });
  new Network(mesh, 'net');
  const a = cluster(mesh, 'a');
  const b = cluster(mesh, 'b', { controlPlane: { role: 'remote', primary: 'a' } });
  return { mesh, a, b, shop: new MeshNamespace(mesh, 'shop') };
}

/** A primary on network `net`, unless it says otherwise. */
export function cluster(mesh: Mesh, name: string, props: Partial<ClusterProps> = {}): Cluster {
  return new Cluster(mesh, name, {
    network: 'net',
    region: `region-${name}`,
    controlPlane: { role: 'primary' },
    ...props,
  });
}

/** A service with one HTTP port and v1 on cluster `a`, unless it says otherwise. */
export function service(
  namespace: MeshNamespace,
  name: string,
  props: Partial<MeshServiceProps> = {},
): MeshService {
  return new MeshService(namespace, name, {
    ports: [{ name: 'http', port: 80 }],
    versions: { v1: { image: `example/${name}:1`, placement: ['a'] } },
    ...props,
  });
}

/** The manifests of every cluster, layer by layer in one list. */
export function render(mesh: Mesh): Record<string, Manifest[]> {
  return Object.fromEntries(
    [...mesh.render()].map(({ cluster, layers }) => [cluster.clusterName, [...layers.values()].flat()]),
  );
}

/** The manifests of one cluster and layer. */
export function layer(mesh: Mesh, clusterName: string, name: Layer): readonly Manifest[] {
  const rendered = [...mesh.render()].find(({ cluster }) => cluster.clusterName === clusterName)!;
  return rendered.layers.get(name) ?? [];
}

/** `Kind namespace/name` of each manifest. */
export function titles(manifests: readonly Manifest[]): string[] {
  return manifests.map(
    ({ kind, metadata: { namespace, name } }) => `${kind} ${namespace ? `${namespace}/` : ''}${name}`,
  );
}

/** The one object of that kind and name. */
export function find(manifests: readonly Manifest[], kind: string, name: string): Manifest {
  const found = manifests.filter(manifest => manifest.kind === kind && manifest.metadata.name === name);
  if (found.length !== 1)
    throw new Error(`${found.length} objects ${kind} ${name} among: ${titles(manifests).join(', ')}`);
  return found[0];
}

/** The message of the {@link ModelError} that something throws. */
export function refusal(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof ModelError) return error.message;
    throw error;
  }
  throw new Error('Nothing was refused.');
}
