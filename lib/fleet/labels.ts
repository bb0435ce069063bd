import { labelsAt, type Plain, plainsAt, stringAt, stringsAt } from './plain';

/** Labels that Istio and Kubernetes give a meaning to. */
export const LABELS = {
  network: 'topology.istio.io/network',
  cluster: 'topology.istio.io/cluster',
  subzone: 'topology.istio.io/subzone',
  region: 'topology.kubernetes.io/region',
  zone: 'topology.kubernetes.io/zone',
  hostname: 'kubernetes.io/hostname',
  tlsMode: 'security.istio.io/tlsMode',
  gatewayPort: 'networking.istio.io/gatewayPort',
  canonicalRevision: 'service.istio.io/canonical-revision',
  canonicalName: 'service.istio.io/canonical-name',
} as const;

/** Labels of an object or a pod. */
export type Labels = Readonly<Record<string, string>>;

/** Whether all the wanted labels are among the given ones, with the same values. */
export function containsLabels(wanted: Labels, given: Labels): boolean {
  for (const key in wanted) {
    if (given[key] !== wanted[key]) return false;
  }
  return true;
}

/** Kubernetes' LabelSelector: `matchLabels` and `matchExpressions`. An empty selector matches everything. */
export function selectorMatches(selector: Plain, labels: Labels): boolean {
  if (!containsLabels(labelsAt(selector, 'matchLabels'), labels)) return false;
  return plainsAt(selector, 'matchExpressions').every(expression => {
    const value = labels[stringAt(expression, 'key') ?? ''];
    const values = stringsAt(expression, 'values');
    switch (stringAt(expression, 'operator')) {
      case 'In':
        return value !== undefined && values.includes(value);
      case 'NotIn':
        return value === undefined || !values.includes(value);
      case 'Exists':
        return value !== undefined;
      case 'DoesNotExist':
        return value === undefined;
      default:
        return false;
    }
  });
}

/**
 * The version that a pod's labels say it runs, in the order in which injection looks for it; `latest` when
 * they say nothing.
 *
 * Source: Istio `manifests/charts/istio-control/istio-discovery/files/injection-template.yaml`, label
 * service.istio.io/canonical-revision.
 */
export function versionOf(labels: Labels): string {
  return (
    labels[LABELS.canonicalRevision] || labels['app.kubernetes.io/version'] || labels.version || 'latest'
  );
}
