import type { Fleet } from '../fleet';
import { LABELS, type Labels } from '../labels';
import type { FleetCluster, FleetObject } from '../types';
import type { AddressPool } from './addresses';

/** A node that pods are put on. */
export interface FleetNode {
  readonly name: string;
  readonly labels: Labels;
  /** Whether it stands for nodes that nobody declared, so that its labels aren't all known. */
  readonly isAssumed: boolean;
}

/** The nodes of a cluster, and the manifests of those that were assumed. */
export interface ClusterNodes {
  readonly nodes: readonly FleetNode[];
  readonly objects: readonly FleetObject[];
}

/** The nodes that the fleet has for a cluster, else `perZone` nodes in each of its zones. */
export function nodesOf(
  fleet: Fleet,
  cluster: FleetCluster,
  perZone: number,
  pool: AddressPool,
): ClusterNodes {
  const known = fleet.ofKind('Node', cluster.name);
  if (known.length > 0) {
    const nodes = known.map(({ manifest }) => ({
      name: manifest.metadata.name,
      labels: manifest.metadata.labels ?? {},
      isAssumed: false,
    }));
    return { nodes, objects: [] };
  }
  const zones = cluster.zones.length > 0 ? cluster.zones : [''];
  const objects: FleetObject[] = [];
  const nodes: FleetNode[] = [];
  for (const zone of zones) {
    for (let i = 1; i <= perZone; i++) {
      const name = [cluster.name, zone, String(i)].filter(part => part !== '').join('-');
      const labels: Record<string, string> = { [LABELS.hostname]: name };
      if (cluster.region) labels[LABELS.region] = cluster.region;
      if (zone) labels[LABELS.zone] = zone;
      nodes.push({ name, labels, isAssumed: true });
      objects.push({
        cluster: cluster.name,
        file: '',
        line: 0,
        manifest: {
          apiVersion: 'v1',
          kind: 'Node',
          metadata: { name, labels },
          status: { addresses: [{ type: 'InternalIP', address: pool.next() }] },
        },
      });
    }
  }
  return { nodes, objects };
}
