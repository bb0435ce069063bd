import { dirname, join } from 'node:path';
import { InputError } from './errors';
import { Fleet } from './fleet';
import { exists, listFiles, readText } from './folder';
import { type InventoryEntry, readEntries } from './inventory';
import { type ParseCache, parseManifests, parseMapping } from './parse';
import { byText, isPlain, labelsAt, type Plain } from './plain';
import type { FleetCluster, FleetObject, HelmRelease } from './types';

/** Written last by synthesis: without it, dist is incomplete. */
export const FLEET_FILE = 'fleet.json';
/** The inventory beside hand-written manifests. */
export const INVENTORY_FILE = 'isthmus.yaml';
const HELM_FOLDER = 'helm';
const PLAN_FILE = 'apply.tsv';
const FLEET_VERSION = 1;

/**
 * Loads what synthesis wrote: `<dist>/fleet.json`, `<dist>/<cluster>/*.yaml` and the Helm values in
 * `<dist>/<cluster>/helm/*.yml`.
 *
 * @throws InputError when `fleet.json` or a cluster's folder is missing, or a file can't be used.
 */
export function loadDist(dist: string): Fleet {
  const file = join(dist, FLEET_FILE);
  if (!exists(file)) {
    throw new InputError(
      `has no ${FLEET_FILE}, so it is incomplete or not the output of a synthesis`,
      `Run the synthesis again (it writes ${FLEET_FILE} last), or name folders with --cluster NAME=DIR.`,
      { file: dist },
    );
  }
  const entries = readEntries(file, parseFleetFile(file), true);
  return load(entries, new Map(entries.map(entry => [entry.name, join(dist, entry.name)])), {
    recursive: false,
    manifests: ['.yaml'],
    plan: readHelmPlan(join(dist, PLAN_FILE)),
  });
}

/** What the command line says about folders of manifests that this library didn't write. */
export interface FolderOptions {
  /** Folder by cluster name. */
  readonly folders: ReadonlyMap<string, string>;
  /** Path of an inventory; the folders it names are loaded too. */
  readonly inventory?: string;
  /** What flags say; it wins over the inventory. */
  readonly overrides?: ReadonlyMap<string, Partial<InventoryEntry>>;
}

/**
 * Loads any folders of YAML or JSON, one per cluster: hand-written, rendered by Helm or Kustomize, or dumped
 * with `kubectl get -o yaml`. What neither the inventory nor flags say is read from the manifests: the
 * network from the label of the `istio-system` namespace, region and zones from Nodes.
 *
 * @throws InputError when a cluster has no folder or a file can't be used.
 */
export function loadFolders(options: FolderOptions): Fleet {
  const entries = new Map<string, InventoryEntry>();
  const folders = new Map<string, string>();
  if (options.inventory) {
    const source = parseMapping(options.inventory, readText(options.inventory));
    for (const entry of readEntries(options.inventory, source, false)) {
      entries.set(entry.name, entry);
      if (entry.folder) folders.set(entry.name, join(dirname(options.inventory), entry.folder));
    }
  }
  for (const [name, folder] of options.folders) {
    folders.set(name, folder);
    if (!entries.has(name)) entries.set(name, { name });
  }
  for (const [name, override] of options.overrides ?? []) {
    const entry = entries.get(name);
    if (!entry) {
      throw new InputError(
        `cluster "${name}" is described but has no folder`,
        `Add --cluster ${name}=DIR, or an entry in the inventory.`,
      );
    }
    const given = Object.entries(override).filter(([, value]) => value !== undefined);
    entries.set(name, { ...entry, ...Object.fromEntries(given) });
  }
  for (const name of entries.keys()) {
    if (!folders.has(name)) {
      throw new InputError(
        `cluster "${name}" has no folder`,
        `Add --cluster ${name}=DIR, or "folder" in the inventory.`,
        {
          file: options.inventory,
        },
      );
    }
  }
  return load([...entries.values()], folders, { recursive: true, manifests: ['.yaml', '.yml', '.json'] });
}

function load(
  entries: readonly InventoryEntry[],
  folders: ReadonlyMap<string, string>,
  how: { recursive: boolean; manifests: readonly string[]; plan?: HelmPlan },
): Fleet {
  const objects: FleetObject[] = [];
  const helm: HelmRelease[] = [];
  const clusters: FleetCluster[] = [];
  const cache: ParseCache = new Map();
  for (const entry of entries) {
    const folder = folders.get(entry.name) as string;
    const own: FleetObject[] = [];
    for (const { path, name } of listFiles(folder, how.manifests, { ...how, skip: [HELM_FOLDER] })) {
      if (name === INVENTORY_FILE) continue;
      for (const object of parseManifests(entry.name, path, readText(path), cache)) own.push(object);
    }
    helm.push(...loadHelm(entry.name, join(folder, HELM_FOLDER), how.plan ?? new Map()));
    for (const object of own) objects.push(object);
    clusters.push(completeCluster(entry, own));
  }
  return new Fleet({ clusters, objects, helm });
}

function loadHelm(cluster: string, folder: string, plan: HelmPlan): HelmRelease[] {
  if (!exists(folder)) return [];
  return listFiles(folder, ['.yml', '.yaml'], { recursive: false }).map(({ path, name: fileName }) => {
    const name = fileName.replace(/\.ya?ml$/, '');
    const { namespace = 'istio-system', version } = plan.get(`${cluster} ${name}`) ?? {};
    return {
      cluster,
      name,
      namespace,
      ...(version === undefined ? {} : { version }),
      file: path,
      values: parseMapping(path, readText(path)),
    };
  });
}

/** Namespace and chart version by `cluster release`. */
type HelmPlan = ReadonlyMap<string, { namespace?: string; version?: string }>;

/** Where the apply plan installs each release: its `helm` and `helm-address` lines. */
function readHelmPlan(file: string): HelmPlan {
  const plan = new Map<string, { namespace?: string; version?: string }>();
  if (!exists(file)) return plan;
  for (const line of readText(file).split('\n')) {
    const [, cluster, , action, release, , version, namespace] = line.split('\t');
    if (action === 'helm' || action === 'helm-address') {
      plan.set(`${cluster} ${release}`, { namespace: namespace || undefined, version: version || undefined });
    }
  }
  return plan;
}

function parseFleetFile(file: string): Plain {
  let source: unknown;
  try {
    source = JSON.parse(readText(file));
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`is not JSON: ${(error as Error).message}`, 'Run the synthesis again.', { file });
  }
  if (!isPlain(source) || source.version !== FLEET_VERSION) {
    const version = isPlain(source) ? JSON.stringify(source.version) : 'none';
    throw new InputError(
      `has version ${version}; this release reads version ${FLEET_VERSION}`,
      'Run the synthesis again with this release.',
      { file },
    );
  }
  return source;
}

/** Fills in what an inventory left open from what the manifests say. */
function completeCluster(entry: InventoryEntry, objects: readonly FleetObject[]): FleetCluster {
  const nodes = objects
    .filter(object => object.manifest.kind === 'Node')
    .map(object => labelsAt(object.manifest, 'metadata', 'labels'));
  const named = (label: string) =>
    [...new Set(nodes.map(labels => labels[label]).filter(value => value !== undefined))].sort(byText);
  const system = objects.find(
    object => object.manifest.kind === 'Namespace' && object.manifest.metadata.name === 'istio-system',
  );
  const controlPlane = entry.controlPlane ?? { role: 'primary' };
  return {
    name: entry.name,
    context: entry.context ?? entry.name,
    network: entry.network ?? system?.manifest.metadata.labels?.['topology.istio.io/network'] ?? '',
    region: entry.region ?? named('topology.kubernetes.io/region')[0] ?? '',
    zones: entry.zones ?? named('topology.kubernetes.io/zone'),
    controlPlane,
    configCluster: entry.configCluster ?? controlPlane.primary ?? entry.name,
    ...(entry.podCidr === undefined ? {} : { podCidr: entry.podCidr }),
  };
}
