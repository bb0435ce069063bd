import { ApiObject, App, Chart } from 'cdk8s';
import { ModelError } from '../errors';
import { gatewayMergeProblems } from '../install/gateway-merging';
import { type HelmRelease, helmReleases } from '../install/helm';
import { type IstioctlInstall, istioctlInstalls } from '../install/istioctl';
import { renderInstall } from '../install/manifests';
import { LAYERS, type Layer } from '../layer';
import type { Manifest } from '../manifest';
import { apiObjectToManifest } from '../output/resolve';
import type { Cluster } from './cluster';
import { layerOf } from './kinds';
import type { Mesh } from './mesh';
import { refuse } from './names';
import { inReadingOrder } from './order';
import type { ClusterTarget } from './renderable';

/** Everything that one cluster gets. */
export interface RenderedCluster {
  readonly cluster: Cluster;
  /** Its manifests by layer, in apply order; layers without any are left out. */
  readonly layers: ReadonlyMap<Layer, readonly Manifest[]>;
  /** Its Helm releases, in install order. */
  readonly releases: readonly HelmRelease[];
  /** Its files for `istioctl install`. */
  readonly operators: readonly IstioctlInstall[];
}

/**
 * Renders what is declared for a cluster: once for the mesh, and below the cluster itself.
 *
 * @throws ModelError if two objects of the cluster have the same kind, namespace and name; if a Gateway
 * would not be merged into the proxy that it selects.
 */
export function renderCluster(mesh: Mesh, cluster: Cluster): RenderedCluster {
  const target = new Target(cluster);
  renderInstall(mesh, target);
  for (const construct of mesh.renderables) construct.renderInto(target);
  for (const construct of cluster.node.findAll()) {
    if (ApiObject.isApiObject(construct)) {
      const manifest = apiObjectToManifest(construct);
      target.add(layerOf(manifest), manifest);
    }
  }
  const layers = target.layers();
  refuse(gatewayMergeProblems(cluster, [...layers.values()].flat()));
  return { cluster, layers, releases: helmReleases(cluster), operators: istioctlInstalls(cluster) };
}

class Target implements ClusterTarget {
  private readonly manifests = new Map<Layer, Manifest[]>();
  private readonly charts = new Map<Layer, Chart>();

  constructor(readonly cluster: Cluster) {}

  add(layer: Layer, manifest: Manifest): void {
    const list = this.manifests.get(layer);
    if (list) list.push(manifest);
    else this.manifests.set(layer, [manifest]);
  }

  chart(layer: Layer): Chart {
    let chart = this.charts.get(layer);
    if (!chart) {
      chart = new Chart(new App(), this.cluster.clusterName, { disableResourceNameHashes: true });
      this.charts.set(layer, chart);
    }
    return chart;
  }

  layers(): ReadonlyMap<Layer, readonly Manifest[]> {
    for (const [layer, chart] of this.charts) {
      for (const construct of chart.node.findAll()) {
        if (ApiObject.isApiObject(construct)) this.add(layer, apiObjectToManifest(construct));
      }
    }
    this.charts.clear();
    refuseDuplicates(this.cluster, [...this.manifests.values()].flat());
    return new Map(
      LAYERS.filter(layer => this.manifests.has(layer)).map(layer => [
        layer,
        inReadingOrder(this.manifests.get(layer)!),
      ]),
    );
  }
}

function refuseDuplicates(cluster: Cluster, manifests: readonly Manifest[]): void {
  const seen = new Set<string>();
  for (const { apiVersion, kind, metadata } of manifests) {
    const key = JSON.stringify([
      apiVersion.replace(/\/.*/, ''),
      kind,
      metadata.namespace ?? '',
      metadata.name,
    ]);
    if (seen.has(key)) {
      const name = metadata.namespace ? `${metadata.namespace}/${metadata.name}` : metadata.name;
      throw new ModelError([
        {
          path: cluster.clusterName,
          what: `${kind} ${name} is declared twice`,
          why: 'the second would overwrite the first when it is applied',
          fix: 'Rename or remove one; what the mesh declares itself can be changed through its props.',
        },
      ]);
    }
    seen.add(key);
  }
}
