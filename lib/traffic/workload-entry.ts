import { LABELS, type Labels } from '../fleet/labels';
import { labelsAt, numberAt, type Plain, plainAt, stringAt } from '../fleet/plain';
import { augmentLabels, parseLocality, podLocality } from './locality';
import type { Endpoint } from './model';

/** A WorkloadEntry, or an endpoint written in a ServiceEntry. */
export interface WorkloadEntry {
  readonly address: string;
  readonly ports: Plain;
  readonly labels: Labels;
  readonly endpoint: Omit<Endpoint, 'port' | 'portName'>;
}

/** Source: Istio `serviceentry/conversion.go` convertWorkloadEntryToWorkloadInstance, getTLSModeFromWorkloadEntry. */
export function fromWorkloadEntry(
  cluster: string,
  clusterNetwork: string,
  object: { metadata: { name: string; namespace?: string; labels?: Record<string, string> } },
  spec: Plain,
): WorkloadEntry {
  const labels = { ...labelsAt(spec, 'labels'), ...object.metadata.labels };
  const address = stringAt(spec, 'address') ?? '';
  const localityLabel = stringAt(spec, 'locality') || podLocality(labels, undefined);
  const locality = parseLocality(localityLabel);
  const network = stringAt(spec, 'network') || labels[LABELS.network] || clusterNetwork;
  const tlsMode = labels[LABELS.tlsMode] ?? (stringAt(spec, 'serviceAccount') ? 'istio' : 'disabled');
  const endpoint = {
    cluster,
    network,
    address,
    locality,
    localityLabel,
    labels: augmentLabels(labels, { cluster, locality, node: '', network }),
    weight: numberAt(spec, 'weight') || 1,
    health: 'healthy' as const,
    tlsMode,
    namespace: object.metadata.namespace ?? 'default',
    node: '',
    workload: object.metadata.name,
  };
  return { address, ports: plainAt(spec, 'ports'), labels, endpoint };
}

/** An IP, or nothing: host names can't be sent in an assignment. */
export function isAddress(address: string): boolean {
  return address === '' || /^\d{1,3}(\.\d{1,3}){3}$/.test(address) || address.includes(':');
}
