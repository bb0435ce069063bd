import type { Manifest } from '../manifest';
import type { Cluster } from '../mesh/cluster';
import type { Mesh } from '../mesh/mesh';
import { byText } from '../mesh/names';
import type { ClusterTarget } from '../mesh/renderable';
import { NETWORKING, SECURITY } from '../mesh/service-config';
import {
  CONTROL_PLANE_ANNOTATION,
  EAST_WEST_SELECTOR,
  NETWORK_LABEL,
  PORT_CROSS_NETWORK,
  PORT_ISTIOD,
  PORT_WEBHOOK,
  READER_ACCOUNT,
  READER_TOKEN,
} from './names';
import { remotesOf, spansNetworks } from './topology';

/** Adds what a cluster needs beside Istio's charts: namespaces, the reader's token, what gateways expose, mTLS. */
export function renderInstall(mesh: Mesh, target: ClusterTarget): void {
  const { cluster } = target;
  target.add('namespaces', systemNamespace(mesh, cluster));
  for (const name of ingressNamespaces(mesh, cluster)) {
    target.add('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  }
  if (mesh.clusters.length > 1 && isWatched(mesh, cluster)) target.add('istio', readerToken(mesh));
  if (!cluster.isConfigCluster) return;
  if (remotesOf(cluster).length > 0)
    for (const manifest of exposedIstiod(mesh)) target.add('gateways', manifest);
  if (spansNetworks(mesh)) target.add('gateways', exposedServices(mesh));
  target.add('mesh', mutualTls(mesh));
}

/** Whether the istiod of another cluster reads this one. */
function isWatched(mesh: Mesh, cluster: Cluster): boolean {
  return mesh.clusters.some(other => other.isPrimary && other !== cluster);
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

function systemNamespace(mesh: Mesh, cluster: Cluster): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: mesh.systemNamespace,
      labels: { [NETWORK_LABEL]: cluster.networkName },
      ...(cluster.isPrimary
        ? {}
        : { annotations: { [CONTROL_PLANE_ANNOTATION]: cluster.configCluster.clusterName } }),
    },
  };
}

/** The Secret whose token Kubernetes fills in; the apply plan makes the remote secret of it. */
function readerToken(mesh: Mesh): Manifest {
  return mesh.model.once(readerToken, () => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: READER_TOKEN,
      namespace: mesh.systemNamespace,
      annotations: { 'kubernetes.io/service-account.name': READER_ACCOUNT },
    },
    type: 'kubernetes.io/service-account-token',
  }));
}

/**
 * Lets remotes reach istiod through the east-west gateway: configuration and certificates at 15012,
 * injection at 15017. TLS is passed through, so istiod itself answers for its identity.
 *
 * @see https://github.com/istio/istio/blob/release-1.31/samples/multicluster/expose-istiod.yaml
 */
function exposedIstiod(mesh: Mesh): readonly Manifest[] {
  return mesh.model.once(exposedIstiod, () => {
    const { systemNamespace: namespace } = mesh;
    const host = `istiod.${namespace}.svc.cluster.local`;
    const server = (number: number, name: string) => ({
      port: { number, name, protocol: 'TLS' },
      tls: { mode: 'PASSTHROUGH' },
      hosts: ['*'],
    });
    const route = (port: number, servicePort: number) => ({
      match: [{ port, sniHosts: ['*'] }],
      route: [{ destination: { host, port: { number: servicePort } } }],
    });
    return [
      {
        apiVersion: NETWORKING,
        kind: 'Gateway',
        metadata: { name: 'istiod-gateway', namespace },
        spec: {
          selector: EAST_WEST_SELECTOR,
          servers: [server(PORT_ISTIOD, 'tls-istiod'), server(PORT_WEBHOOK, 'tls-istiodwebhook')],
        },
      },
      {
        apiVersion: NETWORKING,
        kind: 'VirtualService',
        metadata: { name: 'istiod-vs', namespace },
        spec: {
          hosts: ['*'],
          gateways: ['istiod-gateway'],
          tls: [route(PORT_ISTIOD, PORT_ISTIOD), route(PORT_WEBHOOK, 443)],
        },
      },
    ];
  });
}

/**
 * Lets other networks reach the services of this one, by the SNI of mutual TLS.
 *
 * @see https://github.com/istio/istio/blob/release-1.31/samples/multicluster/expose-services.yaml
 */
function exposedServices(mesh: Mesh): Manifest {
  return mesh.model.once(exposedServices, () => ({
    apiVersion: NETWORKING,
    kind: 'Gateway',
    metadata: { name: 'cross-network-gateway', namespace: mesh.systemNamespace },
    spec: {
      selector: EAST_WEST_SELECTOR,
      servers: [
        {
          port: { number: PORT_CROSS_NETWORK, name: 'tls', protocol: 'TLS' },
          tls: { mode: 'AUTO_PASSTHROUGH' },
          hosts: ['*.local'],
        },
      ],
    },
  }));
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
