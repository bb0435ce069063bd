import type { Manifest } from '../manifest';
import type { Cluster } from '../mesh/cluster';
import { Mesh } from '../mesh/mesh';
import { internalLoadBalancer } from './load-balancer';
import {
  CLASS_EAST_WEST,
  CLASS_ISTIO,
  EAST_WEST_GATEWAY,
  EAST_WEST_SELECTOR,
  NETWORK_LABEL,
  PORT_CROSS_NETWORK,
  PORT_HBONE,
  PORT_ISTIOD,
  PORT_WEBHOOK,
  REVISION_LABEL,
} from './names';
import { revisionsOf } from './revisions';
import { eastWestAddress, eastWestKind, exposesIstiod, istiodHost, spansNetworks } from './topology';
import { istioRelease } from './versions';

const GATEWAY_API = 'gateway.networking.k8s.io/v1';

/** The Service of a cluster's east-west gateway: istiod adds the class to the name of a Gateway of class istio. */
export function eastWestService(cluster: Cluster): string {
  const isManaged = eastWestKind(cluster) === 'gateway-api' && Mesh.of(cluster).dataPlane === 'sidecar';
  return isManaged ? `${EAST_WEST_GATEWAY}-${CLASS_ISTIO}` : EAST_WEST_GATEWAY;
}

/** The objects of a cluster's east-west gateway, where it isn't a Helm release. */
export function eastWestManifests(cluster: Cluster): readonly Manifest[] {
  const kind = eastWestKind(cluster);
  if (kind === 'helm') return [];
  if (kind === 'manifests') return plainGateway(cluster);
  return Mesh.of(cluster).dataPlane === 'ambient' ? [ambientGateway(cluster)] : managedGateway(cluster);
}

/** What the gateway chart renders, without Helm; injection fills in the proxy. */
function plainGateway(cluster: Cluster): Manifest[] {
  const { systemNamespace: namespace } = Mesh.of(cluster);
  const name = EAST_WEST_GATEWAY;
  const selector = { app: name, ...EAST_WEST_SELECTOR };
  const labels = { ...selector, [NETWORK_LABEL]: cluster.networkName };
  const [{ name: revision }] = revisionsOf(Mesh.of(cluster));
  const address = eastWestAddress(cluster);
  const annotations = internalLoadBalancer(cluster);
  const ports = [15021, PORT_CROSS_NETWORK, PORT_ISTIOD, PORT_WEBHOOK];
  const portNames = ['status-port', 'tls', 'tls-istiod', 'tls-webhook'];
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace, labels: selector } },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { name, namespace, labels: selector },
      rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get', 'watch', 'list'] }],
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name, namespace, labels: selector },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
      subjects: [{ kind: 'ServiceAccount', name }],
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, namespace, labels },
      spec: {
        selector: { matchLabels: selector },
        template: {
          metadata: {
            labels: {
              ...labels,
              'sidecar.istio.io/inject': 'true',
              ...(revision ? { [REVISION_LABEL]: revision } : {}),
            },
            annotations: { 'inject.istio.io/templates': 'gateway' },
          },
          spec: {
            serviceAccountName: name,
            securityContext: { sysctls: [{ name: 'net.ipv4.ip_unprivileged_port_start', value: '0' }] },
            containers: [gatewayContainer(cluster)],
          },
        },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace, labels, ...(annotations ? { annotations } : {}) },
      spec: {
        type: 'LoadBalancer',
        ...(address ? { loadBalancerIP: address } : {}),
        selector,
        ports: ports.map((port, i) => ({ name: portNames[i], port, targetPort: port, protocol: 'TCP' })),
      },
    },
    {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name, namespace, labels: selector },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
        minReplicas: 1,
        maxReplicas: 5,
        metrics: [
          {
            type: 'Resource',
            resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } },
          },
        ],
      },
    },
  ];
}

/** As the gateway chart's container; the resources are that chart's defaults. */
function gatewayContainer({ networkName }: Cluster) {
  return {
    name: 'istio-proxy',
    image: 'auto',
    // Traffic through this gateway is routed inside its network.
    env: [{ name: 'ISTIO_META_REQUESTED_NETWORK_VIEW', value: networkName }],
    ports: [{ containerPort: 15090, name: 'http-envoy-prom', protocol: 'TCP' }],
    resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: '2', memory: '1Gi' } },
    securityContext: {
      capabilities: { drop: ['ALL'] },
      allowPrivilegeEscalation: false,
      privileged: false,
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
    },
  };
}

/**
 * The HBONE gateway of an ambient mesh. istiod reads it in every cluster, and deploys it in its own.
 *
 * @see https://github.com/istio/istio/blob/release-1.31/samples/multicluster/gen-eastwest-gateway.sh
 */
function ambientGateway(cluster: Cluster): Manifest {
  return gateway(cluster, CLASS_EAST_WEST, [
    {
      name: 'mesh',
      port: PORT_HBONE,
      protocol: 'HBONE',
      tls: { mode: 'Terminate', options: { 'gateway.istio.io/tls-terminate-mode': 'ISTIO_MUTUAL' } },
    },
  ]);
}

/**
 * A gateway for sidecars that istiod deploys. Its port 15443 becomes AUTO_PASSTHROUGH because the Gateway
 * carries the network's label.
 *
 * @see https://github.com/istio/istio/blob/release-1.31/pilot/pkg/config/kube/gateway/testdata/eastwest.yaml
 */
function managedGateway(cluster: Cluster): Manifest[] {
  const { systemNamespace: namespace, istioVersion } = Mesh.of(cluster);
  const listeners = [
    ...(exposesIstiod(cluster)
      ? [listener('tls-istiod', PORT_ISTIOD), listener('tls-webhook', PORT_WEBHOOK)]
      : []),
    ...(spansNetworks(Mesh.of(cluster))
      ? [{ ...listener('tls', PORT_CROSS_NETWORK), hostname: '*.local' }]
      : []),
  ];
  const apiVersion = `gateway.networking.k8s.io/${istioRelease(istioVersion)!.tlsRoute}`;
  const host = istiodHost(cluster);
  const routes = exposesIstiod(cluster)
    ? revisionsOf(Mesh.of(cluster)).flatMap(({ suffix }) =>
        (
          [
            ['tls-istiod', PORT_ISTIOD],
            ['tls-webhook', 443],
          ] as const
        ).map(([sectionName, port]) => ({
          apiVersion,
          kind: 'TLSRoute',
          metadata: { name: `istiod${suffix}-${sectionName.slice(4)}`, namespace },
          spec: {
            parentRefs: [{ kind: 'Gateway', name: EAST_WEST_GATEWAY, sectionName }],
            hostnames: [`istiod${suffix}.${namespace}.svc`, ...(host ? [host] : [])],
            rules: [{ backendRefs: [{ name: `istiod${suffix}`, port }] }],
          },
        })),
      )
    : [];
  return [gateway(cluster, CLASS_ISTIO, listeners), ...routes];
}

function listener(name: string, port: number) {
  return { name, port, protocol: 'TLS', tls: { mode: 'Passthrough' } };
}

function gateway(cluster: Cluster, gatewayClassName: string, listeners: readonly unknown[]): Manifest {
  const [{ name: revision }] = revisionsOf(Mesh.of(cluster));
  const address = eastWestAddress(cluster);
  const annotations = internalLoadBalancer(cluster);
  return {
    apiVersion: GATEWAY_API,
    kind: 'Gateway',
    metadata: {
      name: EAST_WEST_GATEWAY,
      namespace: Mesh.of(cluster).systemNamespace,
      // No spec.infrastructure.labels: they would replace these on what istiod deploys.
      labels: { [NETWORK_LABEL]: cluster.networkName, ...(revision ? { [REVISION_LABEL]: revision } : {}) },
    },
    spec: {
      gatewayClassName,
      ...(address ? { addresses: [{ type: 'IPAddress', value: address }] } : {}),
      ...(annotations ? { infrastructure: { annotations } } : {}),
      listeners: [...listeners],
    },
  };
}
