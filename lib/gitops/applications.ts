import {
  type ApplicationSpec,
  type AppProjectSpec,
  toJson_ApplicationSpec,
  toJson_AppProjectSpec,
} from '../../imports/argoproj.io';
import type { Manifest } from '../manifest';
import { byText } from '../mesh/names';
import type { HelmStep, PlanStep } from '../output/apply-plan';
import { type SyncedStep, taskOf } from './waves';

/** What all objects have in common. */
export interface GitOpsSettings {
  readonly meshName: string;
  readonly repoURL: string;
  readonly targetRevision: string;
  readonly path: string;
  readonly namespace: string;
  readonly automated: boolean;
  destination(cluster: string): string;
}

const API_VERSION = 'argoproj.io/v1alpha1';
const WAVE = 'argocd.argoproj.io/sync-wave';
/** With it, deleting an Application deletes what it made, and Argo CD waits for that: waves in reverse. */
const CASCADE = 'resources-finalizer.argocd.argoproj.io';

/** What stays when it is no longer declared: with a namespace or the CRDs, everything in them would go. */
const KEPT = ['namespaces', 'istio-base'];

/** The Application of one step: a layer's file, or a chart with the values in dist. */
export function application(settings: GitOpsSettings, step: SyncedStep, wave: number): Manifest {
  const task = taskOf(step);
  const isKept = KEPT.includes(task);
  const differences = step.action === 'helm' ? ignored(step) : [];
  const options = [
    'ServerSideApply=true',
    ...(isKept ? ['Prune=false', 'Delete=false'] : ['PruneLast=true']),
    ...(differences.length > 0 ? ['RespectIgnoreDifferences=true'] : []),
  ];
  const spec: ApplicationSpec = {
    project: settings.meshName,
    destination: {
      name: settings.destination(step.cluster),
      ...(step.action === 'helm' ? { namespace: step.namespace } : {}),
    },
    ...sources(settings, step),
    ...(differences.length > 0 ? { ignoreDifferences: differences } : {}),
    syncPolicy: {
      ...(settings.automated ? { automated: { prune: !isKept, selfHeal: true } } : {}),
      syncOptions: options,
      // A webhook or CRD of an earlier wave may need a moment until it answers.
      retry: { limit: 10, backoff: { duration: '10s', factor: 2, maxDuration: '3m' } },
    },
  };
  return {
    apiVersion: API_VERSION,
    kind: 'Application',
    metadata: {
      name: `${settings.meshName}-${step.cluster}-${task}`,
      namespace: settings.namespace,
      annotations: { [WAVE]: String(wave) },
      ...(isKept ? {} : { finalizers: [CASCADE] }),
    },
    spec: toJson_ApplicationSpec(spec),
  };
}

function sources(settings: GitOpsSettings, step: SyncedStep): Pick<ApplicationSpec, 'source' | 'sources'> {
  const git = { repoUrl: settings.repoURL, targetRevision: settings.targetRevision };
  if (step.action === 'apply') {
    const slash = step.file.lastIndexOf('/');
    return {
      source: {
        ...git,
        path: `${settings.path}/${step.file.slice(0, slash)}`,
        directory: { include: step.file.slice(slash + 1) },
      },
    };
  }
  return {
    sources: [
      {
        ...chartOf(step),
        targetRevision: step.version,
        helm: { releaseName: step.release, valueFiles: [`$values/${settings.path}/${step.values}`] },
      },
      { ...git, ref: 'values' },
    ],
  };
}

/** Argo CD names an OCI repository of charts without its scheme. */
function chartOf({ chart }: HelmStep): { repoUrl: string; chart: string } {
  const slash = chart.lastIndexOf('/');
  return { repoUrl: chart.slice(0, slash).replace(/^oci:\/\//, ''), chart: chart.slice(slash + 1) };
}

/**
 * What istiod writes into what the charts made: its certificate, and the failure policy of the validating
 * webhooks once it answers them (pkg/webhooks/webhookpatch.go, pkg/webhooks/validation/controller).
 */
function ignored({ chart }: HelmStep): NonNullable<ApplicationSpec['ignoreDifferences']> {
  const group = 'admissionregistration.k8s.io';
  const validating = {
    group,
    kind: 'ValidatingWebhookConfiguration',
    jqPathExpressions: ['.webhooks[]?.clientConfig.caBundle', '.webhooks[]?.failurePolicy'],
  };
  const mutating = {
    group,
    kind: 'MutatingWebhookConfiguration',
    jqPathExpressions: ['.webhooks[]?.clientConfig.caBundle'],
  };
  if (chart.endsWith('/base')) return [validating];
  return chart.endsWith('/istiod') ? [mutating, validating] : [];
}

/** What the Applications may do: sync from here, to these clusters. */
export function project(
  settings: GitOpsSettings,
  clusters: readonly string[],
  steps: readonly PlanStep[],
): Manifest {
  const charts = steps.flatMap(step => (step.action === 'helm' ? [chartOf(step).repoUrl] : []));
  const spec: AppProjectSpec = {
    description: `The Istio mesh ${settings.meshName}`,
    sourceRepos: [settings.repoURL, ...new Set(charts)].sort(byText),
    destinations: clusters.map(cluster => ({ name: settings.destination(cluster), namespace: '*' })),
    // Istio's charts bring CRDs, roles and webhooks.
    clusterResourceWhitelist: [{ group: '*', kind: '*' }],
  };
  return {
    apiVersion: API_VERSION,
    kind: 'AppProject',
    metadata: {
      name: settings.meshName,
      namespace: settings.namespace,
      // Before the Applications, which name it.
      annotations: { [WAVE]: '-1' },
    },
    spec: toJson_AppProjectSpec(spec),
  };
}

/** The Application over all others, the one that a person applies. It lives in Argo CD's own cluster and project. */
export function rootApplication(settings: GitOpsSettings): Manifest {
  const spec: ApplicationSpec = {
    project: 'default',
    destination: { name: 'in-cluster', namespace: settings.namespace },
    source: {
      repoUrl: settings.repoURL,
      targetRevision: settings.targetRevision,
      path: `${settings.path}/argocd`,
      directory: { include: '{project,applications}.yaml' },
    },
    syncPolicy: {
      ...(settings.automated ? { automated: { prune: true, selfHeal: true } } : {}),
      syncOptions: ['ServerSideApply=true', 'PruneLast=true'],
    },
  };
  return {
    apiVersion: API_VERSION,
    kind: 'Application',
    metadata: { name: settings.meshName, namespace: settings.namespace, finalizers: [CASCADE] },
    spec: toJson_ApplicationSpec(spec),
  };
}

/**
 * The entry of argocd-cm that lets waves of Applications wait for each other: since 1.8 Argo CD takes an
 * Application for healthy at once.
 *
 * @see https://argo-cd.readthedocs.io/en/stable/operator-manual/health/#argocd-app
 */
export function healthOfApplications(namespace: string): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: 'argocd-cm',
      namespace,
      labels: { 'app.kubernetes.io/name': 'argocd-cm', 'app.kubernetes.io/part-of': 'argocd' },
    },
    data: {
      'resource.customizations.health.argoproj.io_Application': [
        'hs = { status = "Progressing", message = "" }',
        'if obj.status ~= nil and obj.status.health ~= nil then',
        '  hs.status = obj.status.health.status',
        '  hs.message = obj.status.health.message or ""',
        'end',
        'return hs',
        '',
      ].join('\n'),
    },
  };
}
