import type { AssignedEndpoint, AssignedLocality } from '../model';

/** A host in Envoy. */
export interface Host {
  readonly assigned: AssignedEndpoint;
  readonly priority: number;
  /** Place of its group in the assignment. */
  readonly group: number;
}

/**
 * The hosts that Envoy makes of an assignment: of several with one address, in whatever group, only the first
 * stays. A network behind one gateway address that spans several localities therefore counts in the first of
 * them only.
 *
 * Source: Envoy `source/extensions/clusters/eds/eds.cc` updateLocalityEndpoints ("only the first one will be
 * retained"), envoyproxy/envoy#22417.
 */
export function hostsOf(localities: readonly AssignedLocality[]): Host[] {
  const seen = new Set<string>();
  const hosts: Host[] = [];
  localities.forEach(({ endpoints, priority }, group) => {
    for (const assigned of endpoints) {
      if (seen.has(assigned.address)) continue;
      seen.add(assigned.address);
      hosts.push({ assigned, priority, group });
    }
  });
  return hosts;
}
