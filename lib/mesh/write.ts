import { renderHosts } from '../install/host';
import { istioctlFile } from '../install/istioctl';
import { applyPlan, type PlannedCluster } from '../install/plan';
import { layerFile } from '../layer';
import type { Manifest } from '../manifest';
import { planToTsv } from '../output/apply-plan';
import { DistWriter } from '../output/dist-writer';
import { toYaml, toYamlDocuments } from '../output/yaml';
import type { Cluster } from './cluster';
import type { Mesh } from './mesh';
import type { RenderedCluster } from './render';

/** Renders and writes a mesh cluster by cluster; an error leaves what was there before. */
export function writeDist(mesh: Mesh, outdir: string): void {
  const planned: PlannedCluster[] = [];
  let writer: DistWriter | undefined;
  try {
    for (const rendered of mesh.render()) {
      writer ??= new DistWriter(outdir);
      writeCluster(rendered, writer);
      planned.push(plannedCluster(rendered));
    }
    const hosts = renderHosts(mesh);
    for (const { host, layers, releases } of hosts) writeFolder(host.hostName, layers, releases, writer!);
    writer!.file('apply.tsv', planToTsv(applyPlan(planned, hosts)));
    writer!.commit(fleetJson(mesh.clusters));
  } catch (error) {
    writer?.abort();
    throw error;
  }
}

function writeCluster({ cluster, layers, releases, operators }: RenderedCluster, writer: DistWriter): void {
  writeFolder(cluster.clusterName, layers, releases, writer);
  for (const install of operators) {
    writer.file(istioctlFile(cluster, install), toYamlDocuments([install.manifest]));
  }
}

function writeFolder(
  folder: string,
  layers: RenderedCluster['layers'],
  releases: RenderedCluster['releases'],
  writer: DistWriter,
): void {
  for (const [layer, manifests] of layers) {
    writer.file(`${folder}/${layerFile(layer)}`, toYamlDocuments(manifests));
  }
  for (const { name, values } of releases) writer.file(`${folder}/helm/${name}.yml`, toYaml(values));
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
  const facts = clusters.map(cluster => ({
    name: cluster.clusterName,
    context: cluster.context,
    network: cluster.networkName,
    region: cluster.region,
    zones: [...cluster.zones],
    controlPlane: controlPlaneFacts(cluster),
    configCluster: cluster.configCluster.clusterName,
  }));
  return `${JSON.stringify({ version: 1, clusters: facts }, null, 2)}\n`;
}

/** An external istiod bears the name of its config cluster, so that is what its remotes name. */
function controlPlaneFacts({ controlPlane: { role }, configCluster }: Cluster) {
  return role === 'remote' ? { role, primary: configCluster.clusterName } : { role };
}
