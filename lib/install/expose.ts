import type { Manifest } from '../manifest';
import type { Cluster } from '../mesh/cluster';
import { Mesh } from '../mesh/mesh';
import { NETWORKING } from '../mesh/service-config';
import { EAST_WEST_SELECTOR, PORT_CROSS_NETWORK, PORT_ISTIOD, PORT_WEBHOOK } from './names';
import { type Revision, revisionsOf } from './revisions';
import {
  eastWestKind,
  exposesIstiod,
  hasEastWestGateway,
  istiodHost,
  remotesOf,
  spansNetworks,
} from './topology';

/**
 * What a config cluster tells the east-west gateways that its istiod serves. A Gateway of the Gateway API says
 * it itself, by its listeners.
 */
export function exposed(cluster: Cluster): readonly Manifest[] {
  const mesh = Mesh.of(cluster);
  if (!cluster.isConfigCluster || mesh.dataPlane === 'ambient') return [];
  const isClassic = (served: Cluster) => hasEastWestGateway(served) && eastWestKind(served) !== 'gateway-api';
  return [
    ...(exposesIstiod(cluster) && isClassic(cluster) ? exposedIstiod(cluster) : []),
    ...(spansNetworks(mesh) && [cluster, ...remotesOf(cluster)].some(isClassic)
      ? [exposedServices(mesh)]
      : []),
  ];
}

/**
 * Lets remotes reach istiod through the east-west gateway: configuration and certificates at 15012,
 * injection at 15017. TLS is passed through, so istiod itself answers for its identity. With revisions, the
 * name that a client asks for tells them apart.
 *
 * @see https://github.com/istio/istio/blob/release-1.31/samples/multicluster/expose-istiod.yaml
 * @see https://github.com/istio/istio/blob/release-1.31/samples/multicluster/expose-istiod-rev.yaml.tmpl
 */
function exposedIstiod(cluster: Cluster): Manifest[] {
  const mesh = Mesh.of(cluster);
  const { systemNamespace: namespace } = mesh;
  const server = (number: number, name: string) => ({
    port: { number, name, protocol: 'TLS' },
    tls: { mode: 'PASSTHROUGH' },
    hosts: ['*'],
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
    ...revisionsOf(mesh).map(revision => istiodRoutes(cluster, revision)),
  ];
}

function istiodRoutes(cluster: Cluster, { suffix }: Revision): Manifest {
  const mesh = Mesh.of(cluster);
  const { systemNamespace: namespace } = mesh;
  const service = `istiod${suffix}.${namespace}.svc`;
  const name = istiodHost(cluster);
  const isAlone = revisionsOf(mesh).length === 1 && suffix === '';
  const sniHosts = isAlone ? ['*'] : [service, `${service}.cluster.local`, ...(name ? [name] : [])];
  const route = (port: number, servicePort: number) => ({
    match: [{ port, sniHosts }],
    route: [{ destination: { host: `${service}.cluster.local`, port: { number: servicePort } } }],
  });
  return {
    apiVersion: NETWORKING,
    kind: 'VirtualService',
    metadata: { name: `istiod-vs${suffix}`, namespace },
    spec: {
      hosts: ['*'],
      gateways: ['istiod-gateway'],
      tls: [route(PORT_ISTIOD, PORT_ISTIOD), route(PORT_WEBHOOK, 443)],
    },
  };
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
