import { join } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { ISTIO_VERSIONS, type IstioVersion } from '../fleet/control-plane';
import { InputError } from '../fleet/errors';
import { type ExpandedFleet, expand } from '../fleet/expand/expand';
import { observedObjects } from '../fleet/expand/observed';
import type { Fleet } from '../fleet/fleet';
import { exists, readText } from '../fleet/folder';
import type { InventoryEntry } from '../fleet/inventory';
import { FLEET_FILE, INVENTORY_FILE, loadDist, loadFolders } from '../fleet/load';
import { parseManifests } from '../fleet/parse';

/** The options by which every command that reads a fleet finds it. */
export interface FleetOptions {
  readonly cluster?: readonly Pair[];
  readonly inventory?: string;
  readonly network?: readonly Pair[];
  readonly region?: readonly Pair[];
  readonly zones?: readonly Pair[];
  readonly primary?: readonly Pair[];
  readonly podCidr?: readonly Pair[];
}

/** The options by which a fleet is expanded to pods. */
export interface ExpandCliOptions {
  readonly replicas?: readonly Pair[];
  readonly nodesPerZone?: number;
  readonly observed?: readonly Pair[];
}

/** `NAME=VALUE`. */
export type Pair = readonly [name: string, value: string];

/** Adds the argument and options that say where the manifests are. */
export function withFleetOptions(command: Command): Command {
  const pairs = (flags: string, description: string) => new Option(flags, description).argParser(collectPair);
  return command
    .argument('[dir]', 'output of a synthesis, or a folder with an isthmus.yaml', 'dist')
    .addOption(
      pairs(
        '--cluster <name=dir>',
        'a cluster and the folder of its manifests, instead of [dir]; repeatable',
      ),
    )
    .option('--inventory <file>', 'an isthmus.yaml that describes the clusters')
    .addOption(pairs('--network <name=network>', 'network of a cluster'))
    .addOption(pairs('--region <name=region>', 'region of a cluster'))
    .addOption(pairs('--zones <name=a,b>', 'zones of a cluster'))
    .addOption(pairs('--primary <name=cluster>', 'the cluster whose istiod serves a remote'))
    .addOption(pairs('--pod-cidr <name=cidr>', 'range of pod addresses of a cluster'));
}

/** Adds the options that change what is assumed about pods. */
export function withExpandOptions(command: Command): Command {
  const pairs = (flags: string, description: string) => new Option(flags, description).argParser(collectPair);
  return command
    .addOption(pairs('--replicas <name=n>', 'pods of a workload: [[CLUSTER/]NAMESPACE/]NAME=N; repeatable'))
    .option('--nodes-per-zone <n>', 'nodes in each zone where the fleet has no Nodes', parseCount)
    .addOption(
      pairs('--observed <cluster=file>', 'output of "kubectl get endpointslices -A -o json" of a cluster'),
    );
}

/** Adds the option that overrides which Istio runs. */
export function withIstioVersion(command: Command): Command {
  const option = new Option('--istio-version <version>', 'Istio to assume, instead of what the fleet says');
  return command.addOption(option.choices([...ISTIO_VERSIONS]));
}

/** Loads the fleet that the options name. @throws InputError when it can't be used. */
export function loadFleet(dir: string, options: FleetOptions): Fleet {
  const inventory = options.inventory ?? inventoryIn(dir, options);
  if (!options.cluster?.length && !inventory) return loadDist(dir);
  return loadFolders({
    folders: new Map(options.cluster ?? []),
    inventory,
    overrides: overridesOf(options),
  });
}

/** Loads and expands the fleet that the options name. @throws InputError when it can't be used. */
export function loadExpanded(dir: string, options: FleetOptions & ExpandCliOptions): ExpandedFleet {
  let fleet = loadFleet(dir, options);
  for (const [cluster, file] of options.observed ?? []) {
    const slices = parseManifests(cluster, file, readText(file));
    fleet = fleet.with(observedObjects(fleet, cluster, slices));
  }
  const replicas = new Map(
    (options.replicas ?? []).map(([name, count]) => [name, countOf('--replicas', name, count)]),
  );
  const expanded = expand(fleet, { replicas, nodesPerZone: options.nodesPerZone });
  const observed = (options.observed ?? []).map(
    ([cluster]) => `Pods of ${cluster} are those that were observed.`,
  );
  return { ...expanded, assumptions: [...observed, ...expanded.assumptions] };
}

/** For options that may be given several times as NAME=VALUE. */
export function collectPair(text: string, previous: readonly Pair[] | undefined): Pair[] {
  const at = text.indexOf('=');
  if (at <= 0 || at === text.length - 1) throw new InvalidArgumentError('Write NAME=VALUE.');
  return [...(previous ?? []), [text.slice(0, at), text.slice(at + 1)]];
}

/** For options that may be given several times. */
export function collectText(text: string, previous: readonly string[] | undefined): string[] {
  return [...(previous ?? []), text];
}

/** The version that was asked for. */
export type IstioVersionOption = { readonly istioVersion?: IstioVersion };

function inventoryIn(dir: string, options: FleetOptions): string | undefined {
  if (options.cluster?.length || exists(join(dir, FLEET_FILE))) return undefined;
  const file = join(dir, INVENTORY_FILE);
  return exists(file) ? file : undefined;
}

function overridesOf(options: FleetOptions): Map<string, Partial<InventoryEntry>> {
  const overrides = new Map<string, Partial<InventoryEntry>>();
  const add = (pairs: readonly Pair[] | undefined, make: (value: string) => Partial<InventoryEntry>) => {
    for (const [name, value] of pairs ?? []) overrides.set(name, { ...overrides.get(name), ...make(value) });
  };
  add(options.network, network => ({ network }));
  add(options.region, region => ({ region }));
  add(options.zones, zones => ({ zones: zones.split(',') }));
  add(options.primary, primary => ({ controlPlane: { role: 'remote', primary } }));
  add(options.podCidr, podCidr => ({ podCidr }));
  return overrides;
}

function parseCount(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('It must be a whole number above 0.');
  return Number(text);
}

function countOf(option: string, name: string, text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new InputError(
    `${option} ${name}=${text}: "${text}" is not a number of pods`,
    'Write a whole number.',
  );
}
