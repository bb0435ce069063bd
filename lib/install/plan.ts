import type { Cluster } from '../mesh/cluster';
import { Mesh } from '../mesh/mesh';
import type { PlanStep } from '../output/apply-plan';
import { eastWestService } from './east-west';
import type { RenderedHost } from './host';
import {
  BASE_RELEASE,
  CA_SECRET,
  CNI_RELEASE,
  CONFIG_SECRET,
  EXTERNAL_SERVICE,
  INJECTOR_WEBHOOK,
  ISTIOD,
  ISTIOD_TOKEN,
  READER_ACCOUNT,
  READER_TOKEN,
  VALIDATOR_WEBHOOK,
  ZTUNNEL_RELEASE,
} from './names';
import {
  ADDRESS_TIMEOUT,
  AT_ONCE,
  HELM_TIMEOUT,
  helmStep,
  hostLayer,
  hostPlace,
  istioctl,
  layer,
  type Place,
  type PlannedCluster,
  place,
  ROLLOUT_TIMEOUT,
  releases,
  TOKEN_TIMEOUT,
  unrevised,
  WEBHOOK_TIMEOUT,
  wait,
  webhook,
} from './plan-steps';
import { revisionsOf } from './revisions';
import { sailName } from './sail';
import {
  eastWestKind,
  hasEastWestGateway,
  installerOf,
  isWatched,
  tokenFollows,
  watchedBy,
} from './topology';

export type { PlannedCluster } from './plan-steps';

/**
 * The apply plan of a mesh: what has to happen on which cluster, in an order in which every step finds what
 * it needs. Control planes come first, each with its gateway, because a remote's pods are injected by them;
 * then the remotes; then the configuration, the applications and the routes of all. An external istiod needs
 * what its config cluster keeps for it, so that goes before.
 *
 * @see https://istio.io/latest/docs/setup/install/multicluster/primary-remote/
 */
export function applyPlan(
  clusters: readonly PlannedCluster[],
  hosts: readonly RenderedHost[] = [],
): PlanStep[] {
  const primaries = clusters.filter(({ cluster }) => cluster.isPrimary);
  const externals = clusters.filter(({ cluster }) => cluster.controlPlane.role === 'external');
  const remotes = clusters.filter(({ cluster }) => !cluster.isConfigCluster);
  const each = (list: readonly PlannedCluster[], steps: (planned: PlannedCluster) => PlanStep[]) =>
    list.flatMap(steps);
  return [
    ...each(clusters, gatewayApi),
    ...each(clusters, planned => layer(planned, 'namespaces')),
    ...hosts.flatMap(host => hostLayer(host, 'namespaces')),
    ...each(primaries, ({ cluster }) => [certificateAuthority(place({ cluster }), cluster)]),
    ...hosts.map(host => certificateAuthority(hostPlace(host), host.configCluster)),
    ...each(clusters, planned => releases(planned, [BASE_RELEASE])),
    ...each(externals, planned => releases(planned, [ISTIOD])),
    ...each(clusters, planned => layer(planned, 'istio')),
    ...hosts.flatMap(externalIstiod),
    ...each(primaries, controlPlane),
    ...each(externals, planned => [validator(planned), ...injectors(planned)]),
    ...each([...primaries, ...externals], gateways),
    ...each(remotes, remote),
    ...each(primaries, ({ cluster }) => remoteSecrets(place({ cluster }), cluster)),
    ...hosts.flatMap(host => remoteSecrets(hostPlace(host), host.configCluster)),
    ...each(remotes, injectors),
    ...each(remotes, gateways),
    ...each(clusters, planned => layer(planned, 'mesh')),
    ...each(clusters, applications),
    ...each(clusters, planned => layer(planned, 'routes')),
  ];
}

/** Gateways of the Gateway API need its CRDs, which Istio's charts never bring. */
function gatewayApi(planned: PlannedCluster): PlanStep[] {
  const { cluster } = planned;
  const isNeeded =
    Mesh.of(cluster).dataPlane === 'ambient' ||
    (hasEastWestGateway(cluster) && eastWestKind(cluster) === 'gateway-api');
  if (!isNeeded) return [];
  return [
    wait(
      planned,
      'gateway-api',
      '-',
      'crd/gateways.gateway.networking.k8s.io',
      'condition=Established',
      AT_ONCE,
    ),
  ];
}

function certificateAuthority(at: Place, cluster: Cluster): PlanStep {
  const { systemNamespace: namespace } = Mesh.of(cluster);
  return {
    ...at(CA_SECRET),
    action: 'secret',
    namespace,
    name: CA_SECRET,
    hint: `istiod signs with the intermediate CA in Secret ${namespace}/${CA_SECRET} (keys ca-cert.pem, ca-key.pem, root-cert.pem, cert-chain.pem); without one, each primary makes a root of its own and clusters don't trust each other. See https://istio.io/latest/docs/tasks/security/cert-management/plugin-ca-cert/`,
  };
}

/** The istiod of a primary, and the node agents; the operator was told by the layer `istio`. */
function controlPlane(planned: PlannedCluster): PlanStep[] {
  const { cluster } = planned;
  const sail =
    installerOf(cluster) === 'sail'
      ? revisionsOf(Mesh.of(cluster)).map(revision =>
          wait(
            planned,
            `istio-${sailName(revision)}`,
            '-',
            `istios.sailoperator.io/${sailName(revision)}`,
            'condition=Ready',
            HELM_TIMEOUT,
          ),
        )
      : [];
  return [
    ...releases(planned, [ISTIOD]),
    ...istioctl(planned),
    ...sail,
    // Configuration that is applied before istiod has put its certificate there would be refused.
    validator(planned),
    ...injectors(planned),
    ...releases(planned, [CNI_RELEASE, ZTUNNEL_RELEASE]),
    ...account(planned),
  ];
}

/** Waits for the account that the installer makes; the layer `gateways` holds its token. */
function account(planned: PlannedCluster): PlanStep[] {
  const { cluster } = planned;
  if (!tokenFollows(cluster) || !isWatched(cluster)) return [];
  const { systemNamespace } = Mesh.of(cluster);
  return [
    wait(planned, 'reader', systemNamespace, `serviceaccount/${READER_ACCOUNT}`, 'create', HELM_TIMEOUT),
  ];
}

/** The istiod of a host, once it can read its config cluster, and the load balancer that leads to it. */
function externalIstiod(host: RenderedHost): PlanStep[] {
  const { configCluster } = host;
  const { systemNamespace: namespace } = Mesh.of(configCluster);
  const at = hostPlace(host);
  return [
    ...hostLayer(host, 'istio'),
    {
      ...at(CONFIG_SECRET),
      action: 'config-secret',
      remoteCluster: configCluster.clusterName,
      remoteContext: configCluster.context,
      namespace,
      tokenSecret: ISTIOD_TOKEN,
      timeout: TOKEN_TIMEOUT,
      server: configCluster.apiServer ?? '-',
    },
    ...host.releases.map(release => helmStep(at, host.host.hostName, release)),
    { ...at('address'), action: 'address', namespace, service: EXTERNAL_SERVICE, timeout: ADDRESS_TIMEOUT },
  ];
}

/** The base chart makes the webhook of the default revision, which judges what names no revision. */
function validator(planned: PlannedCluster): PlanStep {
  const mesh = Mesh.of(planned.cluster);
  const [{ suffix }] = revisionsOf(mesh);
  const name =
    installerOf(planned.cluster) === 'helm'
      ? VALIDATOR_WEBHOOK
      : `istio-validator${suffix}-${mesh.systemNamespace}`;
  return webhook(planned, 'validator', `validatingwebhookconfiguration/${name}`);
}

/**
 * On a remote, its istiod patches the webhook once it reads the cluster. The operator makes the webhook in its
 * own time, and there is no waiting for a part of what isn't there.
 */
function injectors(planned: PlannedCluster): PlanStep[] {
  const isLate = installerOf(planned.cluster) === 'sail';
  return revisionsOf(Mesh.of(planned.cluster)).flatMap(({ suffix }) => {
    const name = `injector${suffix}`;
    const resource = `mutatingwebhookconfiguration/${INJECTOR_WEBHOOK}${suffix}`;
    return [
      ...(isLate ? [wait(planned, `${name}-made`, '-', resource, 'create', HELM_TIMEOUT)] : []),
      webhook(planned, name, resource),
    ];
  });
}

/** What leads from a remote to its istiod. */
function remote(planned: PlannedCluster): PlanStep[] {
  return [
    ...releases(planned, [ISTIOD]),
    ...istioctl(planned),
    ...releases(planned, [CNI_RELEASE]),
    ...account(planned),
    ...(tokenFollows(planned.cluster) ? layer(planned, 'gateways') : []),
  ];
}

const AGENTS = [BASE_RELEASE, ISTIOD, CNI_RELEASE, ZTUNNEL_RELEASE];

/** The gateways; what they expose for the mesh itself; and the address that the outside needs. */
function gateways(planned: PlannedCluster): PlanStep[] {
  const { cluster } = planned;
  const names = planned.releases.map(unrevised).filter(name => !AGENTS.includes(name));
  const isApplied = tokenFollows(cluster) && !cluster.isConfigCluster;
  const service = eastWestService(cluster);
  const { systemNamespace } = Mesh.of(cluster);
  const address: PlanStep[] = hasEastWestGateway(cluster)
    ? [
        // istiod makes the Service of such a gateway in its own time.
        ...(eastWestKind(cluster) === 'gateway-api'
          ? [wait(planned, 'gateway-made', systemNamespace, `service/${service}`, 'create', WEBHOOK_TIMEOUT)]
          : []),
        {
          ...place(planned)('address'),
          action: 'address',
          namespace: systemNamespace,
          service,
          timeout: ADDRESS_TIMEOUT,
        },
      ]
    : [];
  return [...releases(planned, names), ...(isApplied ? [] : layer(planned, 'gateways')), ...address];
}

function remoteSecrets(at: Place, configCluster: Cluster): PlanStep[] {
  const { systemNamespace } = Mesh.of(configCluster);
  return watchedBy(configCluster).map(watched => ({
    ...at(`remote-secret-${watched.clusterName}`),
    action: 'remote-secret',
    remoteCluster: watched.clusterName,
    remoteContext: watched.context,
    namespace: systemNamespace,
    tokenSecret: READER_TOKEN,
    timeout: TOKEN_TIMEOUT,
    server: watched.apiServer ?? '-',
  }));
}

function applications(planned: PlannedCluster): PlanStep[] {
  return [
    ...layer(planned, 'applications'),
    ...planned.deployments.map(({ namespace, name }) =>
      wait(
        planned,
        `rollout-${namespace}-${name}`,
        namespace,
        `deployment/${name}`,
        'condition=Available',
        ROLLOUT_TIMEOUT,
      ),
    ),
  ];
}
