import type { Assignment } from '../traffic/assignment';
import { hostsOf } from '../traffic/envoy/hosts';
import { formatLocality } from '../traffic/locality';
import type { AssignedEndpoint } from '../traffic/model';
import { alignColumns } from './columns';

/** An assignment as data: what istiod sends, and what Envoy leaves out of it. */
export function endpointsJson(assignment: Assignment, about: Record<string, unknown>): unknown {
  const kept = keptBy(assignment);
  const rule = assignment.destinationRule;
  return {
    ...about,
    destinationRule: rule?.from.map(({ cluster, file, line, manifest }) => ({
      cluster,
      namespace: manifest.metadata.namespace ?? 'default',
      name: manifest.metadata.name,
      file,
      line,
    })),
    localityWeighted: assignment.isLocalityWeighted,
    panicThreshold: assignment.panicThreshold,
    localities: assignment.localities.map(({ locality, priority, weight, endpoints }) => ({
      ...locality,
      priority,
      weight: weight ?? 0,
      endpoints: endpoints.map(endpoint => ({
        cluster: endpoint.cluster,
        network: endpoint.network,
        address: endpoint.address,
        weight: endpoint.weight,
        health: endpoint.health,
        via: endpoint.via ? endpoint.via.service || endpoint.via.address : null,
        ...(kept.has(endpoint) ? {} : { duplicate: true }),
      })),
    })),
  };
}

/** An assignment for people: one line per host. */
export function endpointsText(assignment: Assignment, title: string, assumptions: readonly string[]): string {
  const kept = keptBy(assignment);
  const rows = [['PRIORITY', 'LOCALITY', 'WEIGHT', 'CLUSTER', 'ADDRESS', 'HOST WEIGHT', 'HEALTH', 'VIA']];
  for (const { locality, priority, weight, endpoints } of assignment.localities) {
    const place = formatLocality(locality).replace(/\/$/, '') || '-';
    const group = [String(priority), place, String(weight ?? 0)];
    if (endpoints.length === 0) rows.push([...group, '-', '-', '-', '-', 'no host left']);
    for (const endpoint of endpoints) {
      const via = endpoint.via ? endpoint.via.service || endpoint.via.address : '-';
      const note = kept.has(endpoint) ? via : `${via} (left out by Envoy: the address is already there)`;
      rows.push([
        ...group,
        endpoint.cluster || '-',
        endpoint.address,
        String(endpoint.weight),
        endpoint.health,
        note,
      ]);
    }
  }
  const rule = assignment.destinationRule?.from.map(
    ({ manifest, cluster }) =>
      `${manifest.metadata.namespace ?? 'default'}/${manifest.metadata.name} of ${cluster}`,
  );
  return [
    title,
    `DestinationRule: ${rule?.join(', ') ?? 'none'}`,
    `Localities are ${assignment.isLocalityWeighted ? '' : 'not '}picked by weight; panic threshold ${assignment.panicThreshold} %.`,
    '',
    alignColumns(rows),
    'Assumed:',
    ...assumptions.map(line => `- ${line}`),
    '',
  ].join('\n');
}

function keptBy(assignment: Assignment): ReadonlySet<AssignedEndpoint> {
  return new Set(hostsOf(assignment.localities).map(host => host.assigned));
}
