import { type Layer, layerFile } from '../layer';
import type { Cluster } from '../mesh/cluster';
import { Mesh } from '../mesh/mesh';
import type { PlanStep } from '../output/apply-plan';
import { type HelmRelease, releaseDigest } from './helm';
import { CA_SECRET, EAST_WEST_GATEWAY, INJECTOR_WEBHOOK, READER_TOKEN, VALIDATOR_WEBHOOK } from './names';
import { hasEastWestGateway, watchedBy } from './topology';

/** Time limits of the plan's waits. A load balancer takes minutes; a webhook's certificate takes seconds. */
const HELM_TIMEOUT = '10m';
const ADDRESS_TIMEOUT = '10m';
const TOKEN_TIMEOUT = '2m';
const WEBHOOK_TIMEOUT = '5m';
const ROLLOUT_TIMEOUT = '10m';

/** What the plan needs to know of a rendered cluster, so that its manifests can be let go of. */
export interface PlannedCluster {
  readonly cluster: Cluster;
  readonly layers: ReadonlySet<Layer>;
  readonly releases: readonly HelmRelease[];
  /** Deployments to wait for, as namespace and name. */
  readonly deployments: readonly { readonly namespace: string; readonly name: string }[];
}

/**
 * The apply plan of a mesh: what has to happen on which cluster, in an order in which every step finds what
 * it needs. Primaries with their gateways come first, because a remote's pods are injected by them; then the
 * remotes; then the configuration, the applications and the routes of all.
 *
 * @see https://istio.io/latest/docs/setup/install/multicluster/primary-remote/
 */
export function applyPlan(clusters: readonly PlannedCluster[]): PlanStep[] {
  const primaries = clusters.filter(({ cluster }) => cluster.isPrimary);
  const remotes = clusters.filter(({ cluster }) => !cluster.isPrimary);
  const each = (list: readonly PlannedCluster[], steps: (planned: PlannedCluster) => PlanStep[]) =>
    list.flatMap(steps);
  return [
    ...each(clusters, planned => layer(planned, 'namespaces')),
    ...each(primaries, certificateAuthority),
    ...each(clusters, planned => releases(planned, ['istio-base'])),
    ...each(clusters, planned => layer(planned, 'istio')),
    ...each(primaries, controlPlane),
    ...each(primaries, gateways),
    ...each(remotes, planned => releases(planned, ['istiod'])),
    ...each(primaries, remoteSecrets),
    ...each(remotes, injector),
    ...each(remotes, gateways),
    ...each(clusters, planned => layer(planned, 'mesh')),
    ...each(clusters, applications),
    ...each(clusters, planned => layer(planned, 'routes')),
  ];
}

function place({ cluster }: PlannedCluster, name: string) {
  return { step: `${cluster.clusterName}/${name}`, cluster: cluster.clusterName, context: cluster.context };
}

function layer(planned: PlannedCluster, name: Layer): PlanStep[] {
  if (!planned.layers.has(name)) return [];
  return [
    { ...place(planned, name), action: 'apply', file: `${planned.cluster.clusterName}/${layerFile(name)}` },
  ];
}

function certificateAuthority(planned: PlannedCluster): PlanStep[] {
  const { systemNamespace: namespace } = Mesh.of(planned.cluster);
  return [
    {
      ...place(planned, CA_SECRET),
      action: 'secret',
      namespace,
      name: CA_SECRET,
      hint: `istiod signs with the intermediate CA in Secret ${namespace}/${CA_SECRET} (keys ca-cert.pem, ca-key.pem, root-cert.pem, cert-chain.pem); without one, each primary makes a root of its own and clusters don't trust each other. See https://istio.io/latest/docs/tasks/security/cert-management/plugin-ca-cert/`,
    },
  ];
}

function releases(planned: PlannedCluster, names: readonly string[]): PlanStep[] {
  return planned.releases
    .filter(({ name }) => names.includes(name))
    .map(release => helmStep(planned, release));
}

function helmStep(planned: PlannedCluster, release: HelmRelease): PlanStep {
  const fields = {
    ...place(planned, release.name),
    release: release.name,
    chart: release.chart,
    version: release.version,
    namespace: release.namespace,
    values: `${planned.cluster.clusterName}/helm/${release.name}.yml`,
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

function controlPlane(planned: PlannedCluster): PlanStep[] {
  return [
    ...releases(planned, ['istiod']),
    // Configuration that is applied before istiod has put its certificate there would be refused.
    webhook(planned, 'validator', `validatingwebhookconfiguration/${VALIDATOR_WEBHOOK}`),
    webhook(planned, 'injector', `mutatingwebhookconfiguration/${INJECTOR_WEBHOOK}`),
  ];
}

/** Waits until istiod has put its certificate into a webhook: from then on the API server can call it. */
function webhook(planned: PlannedCluster, name: string, resource: string): PlanStep {
  return {
    ...place(planned, name),
    action: 'wait',
    namespace: '-',
    resource,
    condition: 'jsonpath={.webhooks[0].clientConfig.caBundle}',
    timeout: WEBHOOK_TIMEOUT,
  };
}

/** All but istiod and its base; then what gateways expose for the mesh itself. */
function gateways(planned: PlannedCluster): PlanStep[] {
  const { cluster } = planned;
  const names = planned.releases
    .map(({ name }) => name)
    .filter(name => name !== 'istio-base' && name !== 'istiod');
  const address: PlanStep[] = hasEastWestGateway(cluster)
    ? [
        {
          ...place(planned, 'address'),
          action: 'address',
          namespace: Mesh.of(cluster).systemNamespace,
          service: EAST_WEST_GATEWAY,
          timeout: ADDRESS_TIMEOUT,
        },
      ]
    : [];
  return [...releases(planned, names), ...address, ...layer(planned, 'gateways')];
}

function remoteSecrets(planned: PlannedCluster): PlanStep[] {
  const { systemNamespace } = Mesh.of(planned.cluster);
  return watchedBy(planned.cluster).map(remote => ({
    ...place(planned, `remote-secret-${remote.clusterName}`),
    action: 'remote-secret',
    remoteCluster: remote.clusterName,
    remoteContext: remote.context,
    namespace: systemNamespace,
    tokenSecret: READER_TOKEN,
    timeout: TOKEN_TIMEOUT,
    server: remote.apiServer ?? '-',
  }));
}

/** The primary patches a remote's webhook once it reads the remote. */
function injector(planned: PlannedCluster): PlanStep[] {
  return [webhook(planned, 'injector', `mutatingwebhookconfiguration/${INJECTOR_WEBHOOK}`)];
}

function applications(planned: PlannedCluster): PlanStep[] {
  return [
    ...layer(planned, 'applications'),
    ...planned.deployments.map(
      ({ namespace, name }): PlanStep => ({
        ...place(planned, `rollout-${namespace}-${name}`),
        action: 'wait',
        namespace,
        resource: `deployment/${name}`,
        condition: 'condition=Available',
        timeout: ROLLOUT_TIMEOUT,
      }),
    ),
  ];
}
