import type { Manifest } from '../manifest';
import type { Cluster } from '../mesh/cluster';
import type { Mesh } from '../mesh/mesh';
import { byText } from '../mesh/names';
import type { ClusterTarget } from '../mesh/renderable';
import { SECURITY } from '../mesh/service-config';
import { eastWestManifests } from './east-west';
import { exposed } from './expose';
import {
  CONTROL_PLANE_ANNOTATION,
  ISTIOD_ACCOUNT,
  ISTIOD_TOKEN,
  NETWORK_LABEL,
  READER_ACCOUNT,
  READER_TOKEN,
} from './names';
import { revisionsOf } from './revisions';
import { sailNamespaces, sailResources } from './sail';
import { hasEastWestGateway, installerOf, isWatched, tokenFollows } from './topology';

/** Adds what a cluster needs beside Istio's charts: namespaces, the reader's token, what gateways expose, mTLS. */
export function renderInstall(mesh: Mesh, target: ClusterTarget): void {
  const { cluster } = target;
  target.add('namespaces', systemNamespace(mesh, cluster));
  for (const name of ingressNamespaces(mesh, cluster)) {
    target.add('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  }
  if (installerOf(cluster) === 'sail') {
    for (const name of sailNamespaces(cluster)) {
      target.add('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    }
    for (const manifest of sailResources(cluster)) target.add('istio', manifest);
    // The operator installs the base chart, which has this account, for the default revision only
    // (sail-operator pkg/reconcile/istiod.go).
    if (isWatched(cluster) && mesh.revision) target.add('istio', readerAccount(mesh));
  }
  if (isWatched(cluster)) target.add(tokenFollows(cluster) ? 'gateways' : 'istio', readerToken(mesh));
  if (cluster.controlPlane.role === 'external') {
    const [{ suffix }] = revisionsOf(mesh);
    target.add('istio', token(mesh, ISTIOD_TOKEN, `${ISTIOD_ACCOUNT}${suffix}`));
  }
  if (hasEastWestGateway(cluster)) {
    for (const manifest of eastWestManifests(cluster)) target.add('gateways', manifest);
  }
  for (const manifest of exposed(cluster)) target.add('gateways', manifest);
  if (cluster.isConfigCluster) target.add('mesh', mutualTls(mesh));
}

function ingressNamespaces(mesh: Mesh, cluster: Cluster): string[] {
  const names = mesh.ingressGateways
    .filter(gateway => gateway.clusters.includes(cluster))
    .map(gateway => gateway.namespaceName)
    .filter(
      name =>
        name !== mesh.systemNamespace && !mesh.namespaces.some(({ namespaceName }) => namespaceName === name),
    );
  return [...new Set(names)].sort(byText);
}

/**
 * istiod reads the network of endpoints from the label of its own namespace's name, and on a cluster that it
 * serves from afar, the annotation tells it that it leads there.
 */
function systemNamespace(mesh: Mesh, cluster: Cluster): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: mesh.systemNamespace,
      labels: { [NETWORK_LABEL]: cluster.networkName },
      ...(cluster.isConfigCluster
        ? {}
        : { annotations: { [CONTROL_PLANE_ANNOTATION]: cluster.configCluster.clusterName } }),
    },
  };
}

function readerAccount(mesh: Mesh): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: READER_ACCOUNT, namespace: mesh.systemNamespace },
  };
}

/** The Secret whose token Kubernetes fills in; the apply plan makes the remote secret of it. */
function readerToken(mesh: Mesh): Manifest {
  return mesh.model.once(readerToken, () => token(mesh, READER_TOKEN, READER_ACCOUNT));
}

function token(mesh: Mesh, name: string, account: string): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name,
      namespace: mesh.systemNamespace,
      annotations: { 'kubernetes.io/service-account.name': account },
    },
    type: 'kubernetes.io/service-account-token',
  };
}

/** Mutual TLS for every workload: a policy in the root namespace counts for the whole mesh. */
function mutualTls(mesh: Mesh): Manifest {
  return mesh.model.once(mutualTls, () => ({
    apiVersion: SECURITY,
    kind: 'PeerAuthentication',
    metadata: { name: 'default', namespace: mesh.systemNamespace },
    spec: { mtls: { mode: mesh.mtls } },
  }));
}
