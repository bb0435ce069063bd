import { renderHosts } from '../install/host';
import { istioctlFile } from '../install/istioctl';
import { applyPlan, type PlannedCluster } from '../install/plan';
import { layerFile } from '../layer';
import type { Manifest } from '../manifest';
import { planToTsv } from '../output/apply-plan';
import { DistWriter } from '../output/dist-writer';
import { ManifestWriter } from '../output/manifest-writer';
import { Progress } from '../output/progress';
import { toYaml } from '../output/yaml';
import type { Cluster } from './cluster';
import { fleetCluster } from './fleet';
import type { Mesh } from './mesh';
import type { RenderedCluster } from './render';

/**
 * Renders and writes a mesh cluster by cluster; an error leaves what was there before. Progress of longer work
 * goes to the standard error stream.
 */
export function writeDist(mesh: Mesh, outdir: string): void {
  const planned: PlannedCluster[] = [];
  const progress = new Progress({ clusters: mesh.clusters.length, quiet: mesh.quiet });
  let output: Output | undefined;
  try {
    for (const rendered of mesh.render()) {
      output ??= new Output(outdir);
      output.cluster(rendered);
      planned.push(plannedCluster(rendered));
      progress.cluster([...rendered.layers.values()].reduce((sum, { length }) => sum + length, 0));
    }
    const hosts = renderHosts(mesh);
    for (const { host, layers, releases } of hosts) output!.folder(host.hostName, layers, releases);
    const plan = applyPlan(planned, hosts);
    output!.writer.file('apply.tsv', planToTsv(plan));
    for (const construct of mesh.planRenderables) output!.files(construct.renderPlan(plan));
    output!.writer.commit(fleetJson(mesh.clusters));
  } catch (error) {
    output?.writer.abort();
    throw error;
  } finally {
    progress.end();
  }
}

/** Writes what was rendered; objects that clusters share are serialized once. */
class Output {
  readonly writer: DistWriter;
  private readonly manifests = new ManifestWriter();

  constructor(outdir: string) {
    this.writer = new DistWriter(outdir);
  }

  cluster({ cluster, layers, releases, operators }: RenderedCluster): void {
    this.folder(cluster.clusterName, layers, releases);
    for (const install of operators) {
      this.writer.file(istioctlFile(cluster, install), this.manifests.documents([install.manifest]));
    }
  }

  files(files: ReadonlyMap<string, readonly Manifest[]>): void {
    for (const [path, manifests] of files) this.writer.file(path, this.manifests.chunks(manifests));
  }

  folder(name: string, layers: RenderedCluster['layers'], releases: RenderedCluster['releases']): void {
    for (const [layer, manifests] of layers) {
      this.writer.file(`${name}/${layerFile(layer)}`, this.manifests.chunks(manifests));
    }
    for (const { name: release, values } of releases) {
      this.writer.file(`${name}/helm/${release}.yml`, toYaml(values));
    }
  }
}

function plannedCluster({ cluster, layers, releases, operators }: RenderedCluster): PlannedCluster {
  return {
    cluster,
    layers: new Set(layers.keys()),
    releases,
    operators,
    deployments: [...layers.values()]
      .flat()
      .filter(isDeployment)
      .map(({ metadata }) => ({
        namespace: metadata.namespace ?? 'default',
        name: metadata.name,
      })),
  };
}

function isDeployment({ kind, apiVersion }: Manifest): boolean {
  return kind === 'Deployment' && apiVersion === 'apps/v1';
}

/** `fleet.json`: what every reader of dist must know of the clusters; written last. */
export function fleetJson(clusters: readonly Cluster[]): string {
  return `${JSON.stringify({ version: 1, clusters: clusters.map(fleetCluster) }, null, 2)}\n`;
}
