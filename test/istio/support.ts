import { App, Chart } from 'cdk8s';
import { Construct } from 'constructs';
import type { Layer } from '../../lib/layer';
import type { Manifest } from '../../lib/manifest';
import type { Cluster, ClusterRef } from '../../lib/mesh/cluster';
import { type ClusterTarget, isClusterRenderable } from '../../lib/mesh/renderable';

/** The one manifest of a chart, as cdk8s writes it. */
export function chartManifest(build: (chart: Chart) => void, namespace?: string): Manifest {
  const chart = new Chart(new App(), 'chart', { namespace });
  build(chart);
  return chart.toJson()[0];
}

/** As much of a mesh as placement looks at: primaries by name, each with its remotes. */
export class MeshStandIn extends App {
  private readonly clusters: readonly Cluster[];

  constructor(primaries: Readonly<Record<string, readonly string[]>>) {
    super();
    this.clusters = Object.entries(primaries).flatMap(([name, remotes]) => {
      const primary = { clusterName: name, isConfigCluster: true } as Cluster;
      Object.assign(primary, { configCluster: primary });
      const others = remotes.map(
        it => ({ clusterName: it, isConfigCluster: false, configCluster: primary }) as Cluster,
      );
      return [primary, ...others];
    });
  }

  cluster(ref: ClusterRef): Cluster {
    const found = typeof ref === 'string' ? this.clusters.find(it => it.clusterName === ref) : ref;
    if (!found) throw new Error(`no cluster ${ref}`);
    return found;
  }

  /** What each cluster gets, in the order of declaration. */
  render(): Record<string, { layer: Layer; manifest: Manifest }[]> {
    return Object.fromEntries(this.clusters.map(cluster => [cluster.clusterName, this.renderOne(cluster)]));
  }

  private renderOne(cluster: Cluster): { layer: Layer; manifest: Manifest }[] {
    const objects: { layer: Layer; manifest: Manifest }[] = [];
    const target: ClusterTarget = {
      cluster,
      add: (layer, manifest) => objects.push({ layer, manifest }),
      chart: () => new Chart(new App(), 'unused'),
    };
    this.node
      .findAll()
      .filter(isClusterRenderable)
      .forEach(it => {
        it.renderInto(target);
      });
    return objects;
  }
}

/** A namespace of the mesh, as placement sees it. */
export class NamespaceStandIn extends Construct {
  constructor(
    scope: Construct,
    readonly namespaceName: string,
  ) {
    super(scope, namespaceName);
  }
}
