import { LABELS, type Labels } from '../fleet/labels';
import type { Locality } from './model';

/** The locality that a label says: `region/zone/subzone`, missing parts empty. */
export function parseLocality(label: string): Locality {
  const [region = '', zone = '', subzone = ''] = label.split('/');
  return { region, zone, subzone };
}

/** `region/zone/subzone`, or nothing when all are empty. */
export function formatLocality({ region, zone, subzone }: Locality): string {
  return region || zone || subzone ? `${region}/${zone}/${subzone}` : '';
}

/**
 * The locality of a pod: its own label, else its node's labels.
 *
 * Source: Istio `pilot/pkg/serviceregistry/kube/controller/controller.go` getPodLocality,
 * `pkg/model/proxy.go` GetLocalityLabel, SanitizeLocalityLabel.
 */
export function podLocality(podLabels: Labels, nodeLabels: Labels | undefined): string {
  const own = podLabels['topology.istio.io/locality'] ?? podLabels['istio-locality'] ?? '';
  if (own) return own.includes('/') ? own : own.replaceAll('.', '/');
  if (!nodeLabels) return '';
  return formatLocality({
    region: nodeLabels[LABELS.region] || nodeLabels['failure-domain.beta.kubernetes.io/region'] || '',
    zone: nodeLabels[LABELS.zone] || nodeLabels['failure-domain.beta.kubernetes.io/zone'] || '',
    subzone: nodeLabels[LABELS.subzone] ?? '',
  });
}

/**
 * Adds the labels of a workload's place to its own.
 *
 * Source: Istio `pilot/pkg/serviceregistry/util/label/label.go` AugmentLabels.
 */
export function augmentLabels(
  own: Labels,
  place: { cluster: string; locality: Locality; node: string; network: string },
): Labels {
  const labels: Record<string, string> = { ...own };
  const { region, zone, subzone } = place.locality;
  if (region) labels[LABELS.region] = region;
  if (zone) labels[LABELS.zone] = zone;
  if (subzone) labels[LABELS.subzone] = subzone;
  if (place.cluster) labels[LABELS.cluster] = place.cluster;
  if (place.node) labels[LABELS.hostname] = place.node;
  if (place.network && !labels[LABELS.network]) labels[LABELS.network] = place.network;
  return labels;
}

/**
 * Whether a locality is one that a rule means: `*` and missing parts match everything.
 *
 * Source: Istio `pilot/pkg/networking/util/util.go` LocalityMatch.
 */
export function localityMatches(locality: Locality, rule: string): boolean {
  const { region, zone, subzone } = parseLocality(rule);
  return (
    (region === '*' || locality.region === region) &&
    (zone === '*' || zone === '' || locality.zone === zone) &&
    (subzone === '*' || subzone === '' || locality.subzone === subzone)
  );
}

/**
 * How far a locality is from a proxy's: 0 the same, 1 same zone, 2 same region, 3 elsewhere.
 *
 * Source: Istio `pilot/pkg/networking/util/util.go` LbPriority.
 */
export function localityDistance(proxy: Locality, other: Locality): number {
  if (proxy.region !== other.region) return 3;
  if (proxy.zone !== other.zone) return 2;
  return proxy.subzone === other.subzone ? 0 : 1;
}
