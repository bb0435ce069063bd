import type { Fleet } from '../fleet';
import { LABELS, type Labels, versionOf } from '../labels';
import { labelsAt, type Plain, stringAt, valueAt } from '../plain';
import type { Workload } from './workloads';

/**
 * The labels of a pod as they are once the webhook has seen it: those of its template, and what injection
 * adds: mTLS, canonical service, network.
 *
 * Source: Istio `manifests/charts/istio-control/istio-discovery/files/injection-template.yaml`,
 * gateway-injection-template.yaml, `pkg/kube/inject/webhook.go` (network label).
 */
export function podLabels(fleet: Fleet, cluster: string, workload: Workload, network: string): Labels {
  const own = labelsAt(workload.template, 'metadata', 'labels');
  if (!isInjected(fleet, cluster, workload)) return own;
  const labels: Record<string, string> = {
    ...own,
    [LABELS.canonicalName]:
      own[LABELS.canonicalName] ?? own['app.kubernetes.io/name'] ?? own.app ?? workload.name,
    [LABELS.canonicalRevision]: versionOf(own),
  };
  if (!isGatewayTemplate(workload.template)) labels[LABELS.tlsMode] = own[LABELS.tlsMode] ?? 'istio';
  if (network && !own[LABELS.network]) labels[LABELS.network] = network;
  return labels;
}

/**
 * Whether a workload's pods get a proxy: the pod's label or annotation first, then its namespace.
 *
 * Source: Istio `pkg/kube/inject/inject.go` injectRequired and the webhook's selectors.
 */
export function isInjected(fleet: Fleet, cluster: string, workload: Workload): boolean {
  if (valueAt(workload.template, 'spec', 'hostNetwork') === true) return false;
  const labels = labelsAt(workload.template, 'metadata', 'labels');
  const annotations = labelsAt(workload.template, 'metadata', 'annotations');
  const own = labels['sidecar.istio.io/inject'] ?? annotations['sidecar.istio.io/inject'];
  const namespace = fleet.find(cluster, 'Namespace', '', workload.namespace)?.manifest.metadata.labels ?? {};
  if (own === 'false' || namespace['istio-injection'] === 'disabled') return false;
  return (
    own === 'true' ||
    namespace['istio-injection'] === 'enabled' ||
    Boolean(namespace['istio.io/rev'] || labels['istio.io/rev'])
  );
}

/** Whether injection makes the pod a gateway instead of giving it a sidecar. */
export function isGatewayTemplate(template: Plain): boolean {
  return (stringAt(template, 'metadata', 'annotations', 'inject.istio.io/templates') ?? '').includes(
    'gateway',
  );
}
