import { InputError } from './errors';
import { isPlain, listAt, type Plain, plainAt, stringAt } from './plain';
import type { ControlPlaneRole, FleetCluster } from './types';

const ROLES: readonly ControlPlaneRole[] = ['primary', 'remote', 'external'];

/** What an inventory says of a cluster; what it leaves open is taken from the cluster's manifests. */
export interface InventoryEntry {
  readonly name: string;
  /** Folder of its manifests, relative to the inventory. */
  readonly folder?: string;
  readonly context?: string;
  readonly network?: string;
  readonly region?: string;
  readonly zones?: readonly string[];
  readonly controlPlane?: FleetCluster['controlPlane'];
  readonly configCluster?: string;
  readonly podCidr?: string;
}

/**
 * The clusters in `fleet.json` (every field required, as written by synthesis) or in an `isthmus.yaml`
 * (only the name required).
 *
 * @throws InputError naming the file, the entry and the field.
 */
export function readEntries(file: string, source: Plain, complete: boolean): InventoryEntry[] {
  const clusters = source.clusters;
  if (!Array.isArray(clusters) || clusters.length === 0) {
    throw new InputError('has no "clusters"', 'List at least one cluster under "clusters".', { file });
  }
  return clusters.map((entry, i) => readEntry(file, `clusters[${i}]`, entry, complete));
}

function readEntry(file: string, path: string, entry: unknown, complete: boolean): InventoryEntry {
  if (!isPlain(entry)) throw bad(file, path, 'is not a mapping', 'Give it at least a "name".');
  const text = (field: string, required: boolean): string | undefined => {
    const value = entry[field];
    if (value === undefined && !required) return undefined;
    if (typeof value !== 'string' || (required && field === 'name' && value === '')) {
      throw bad(file, `${path}.${field}`, `is ${show(value)}`, 'It must be a text.');
    }
    return value;
  };
  const zones = entry.zones;
  if (zones !== undefined || complete) {
    if (!Array.isArray(zones) || zones.some(zone => typeof zone !== 'string')) {
      throw bad(file, `${path}.zones`, `is ${show(zones)}`, 'It must be a list of zone names.');
    }
  }
  return {
    name: text('name', true) as string,
    folder: text('folder', false),
    context: text('context', complete),
    network: text('network', complete),
    region: text('region', complete),
    zones: zones === undefined ? undefined : (listAt(entry, 'zones') as string[]),
    controlPlane: readControlPlane(file, `${path}.controlPlane`, entry, complete),
    configCluster: text('configCluster', complete),
    podCidr: text('podCidr', false),
  };
}

function readControlPlane(
  file: string,
  path: string,
  entry: Plain,
  complete: boolean,
): FleetCluster['controlPlane'] | undefined {
  if (entry.controlPlane === undefined && !complete) return undefined;
  const found = plainAt(entry, 'controlPlane');
  const role = ROLES.find(known => known === found.role);
  if (!role)
    throw bad(file, `${path}.role`, `is ${show(found.role)}`, `It must be one of ${ROLES.join(', ')}.`);
  const primary = stringAt(found, 'primary');
  if (role === 'remote' && !primary) {
    throw bad(file, `${path}.primary`, 'is missing', 'Name the cluster whose istiod serves this one.');
  }
  return primary === undefined ? { role } : { role, primary };
}

function bad(file: string, path: string, what: string, fix: string): InputError {
  return new InputError(`${path} ${what}`, fix, { file });
}

function show(value: unknown): string {
  return value === undefined ? 'missing' : JSON.stringify(value);
}
