import { type Layer, layerFile } from '../layer';
import type { Cluster } from '../mesh/cluster';
import type { PlanStep } from '../output/apply-plan';
import { type HelmRelease, releaseDigest } from './helm';
import type { RenderedHost } from './host';
import { type IstioctlInstall, istioctlFile } from './istioctl';
import { ISTIOD } from './names';

/** Time limits of the plan's waits. A load balancer takes minutes; a webhook's certificate takes seconds. */
export const HELM_TIMEOUT = '10m';
export const ADDRESS_TIMEOUT = '10m';
export const TOKEN_TIMEOUT = '2m';
export const WEBHOOK_TIMEOUT = '5m';
export const ROLLOUT_TIMEOUT = '10m';
/** For what must be there before the plan begins. */
export const AT_ONCE = '5s';

/** What the plan needs to know of a rendered cluster, so that its manifests can be let go of. */
export interface PlannedCluster {
  readonly cluster: Cluster;
  readonly layers: ReadonlySet<Layer>;
  readonly releases: readonly HelmRelease[];
  readonly operators: readonly IstioctlInstall[];
  /** Deployments to wait for, as namespace and name. */
  readonly deployments: readonly { readonly namespace: string; readonly name: string }[];
}

/** Where a step runs, by the rest of its name. */
export type Place = (name: string) => Pick<PlanStep, 'step' | 'cluster' | 'context'>;

export function place({ cluster: { clusterName, context } }: { cluster: Cluster }): Place {
  return name => ({ step: `${clusterName}/${name}`, cluster: clusterName, context });
}

export function hostPlace({ host: { hostName, context } }: RenderedHost): Place {
  return name => ({ step: `${hostName}/${name}`, cluster: hostName, context });
}

export function layer(planned: PlannedCluster, name: Layer): PlanStep[] {
  if (!planned.layers.has(name)) return [];
  return [
    { ...place(planned)(name), action: 'apply', file: `${planned.cluster.clusterName}/${layerFile(name)}` },
  ];
}

export function hostLayer(host: RenderedHost, name: Layer): PlanStep[] {
  if (!host.layers.has(name)) return [];
  return [{ ...hostPlace(host)(name), action: 'apply', file: `${host.host.hostName}/${layerFile(name)}` }];
}

/** The releases of these names, with or without a revision. */
export function releases(planned: PlannedCluster, names: readonly string[]): PlanStep[] {
  const { clusterName } = planned.cluster;
  return planned.releases
    .filter(release => names.includes(unrevised(release)))
    .map(release => helmStep(place(planned), clusterName, release));
}

export function unrevised({ name }: HelmRelease): string {
  return name.startsWith(`${ISTIOD}-`) ? ISTIOD : name;
}

export function helmStep(at: Place, folder: string, release: HelmRelease): PlanStep {
  const fields = {
    ...at(release.name),
    release: release.name,
    chart: release.chart,
    version: release.version,
    namespace: release.namespace,
    values: `${folder}/helm/${release.name}.yml`,
    timeout: HELM_TIMEOUT,
    digest: releaseDigest(release),
  };
  if (!release.address) return { ...fields, action: 'helm' };
  const { path, cluster, namespace, service } = release.address;
  return {
    ...fields,
    action: 'helm-address',
    path,
    fromContext: cluster.context,
    fromNamespace: namespace,
    fromService: service,
  };
}

export function wait(
  planned: PlannedCluster,
  name: string,
  namespace: string,
  resource: string,
  condition: string,
  timeout: string,
): PlanStep {
  return { ...place(planned)(name), action: 'wait', namespace, resource, condition, timeout };
}

export function istioctl(planned: PlannedCluster): PlanStep[] {
  return planned.operators.map(install => ({
    ...place(planned)(install.name),
    action: 'istioctl',
    version: install.version,
    file: istioctlFile(planned.cluster, install),
    timeout: HELM_TIMEOUT,
  }));
}

/** Waits until istiod has put its certificate into a webhook: from then on the API server can call it. */
export function webhook(planned: PlannedCluster, name: string, resource: string): PlanStep {
  return wait(planned, name, '-', resource, 'jsonpath={.webhooks[0].clientConfig.caBundle}', WEBHOOK_TIMEOUT);
}
