import type { Manifest } from '../../manifest';
import { isIstiod } from '../control-plane';
import { type Fleet, namespaceOf } from '../fleet';
import { LABELS } from '../labels';
import { labelsAt, numberAt, type Plain, plainAt, plainsAt, stringAt, valueAt } from '../plain';
import type { FleetObject, HelmRelease } from '../types';

/** Values of the `gateway` chart that are in force when nothing is given. Source: its values.yaml. */
const CHART_PORTS: Plain[] = [
  { name: 'status-port', port: 15021, protocol: 'TCP', targetPort: 15021 },
  { name: 'http2', port: 80, protocol: 'TCP', targetPort: 80 },
  { name: 'https', port: 443, protocol: 'TCP', targetPort: 443 },
];
const CHART_NETWORK_PORTS: Record<string, number> = {
  'status-port': 15021,
  tls: 15443,
  'tls-istiod': 15012,
  'tls-webhook': 15017,
};
const OTHER_CHARTS = new Set(['base', 'istio-base', 'cni', 'istio-cni', 'ztunnel']);

/**
 * The Deployments and Services that gateways stand for which are declared as Helm releases of Istio's
 * `gateway` chart, or as `Gateway`s of the Gateway API that istiod deploys.
 *
 * Source: Istio `manifests/charts/gateway/templates`, `manifests/charts/istio-control/istio-discovery/files/kube-gateway.yaml`.
 */
export function gatewayWorkloads(fleet: Fleet): FleetObject[] {
  const objects: FleetObject[] = [];
  for (const release of fleet.helm) {
    if (!OTHER_CHARTS.has(release.name) && !isIstiod(release.name)) objects.push(...fromHelm(fleet, release));
  }
  for (const object of fleet.ofKind('Gateway.gateway.networking.k8s.io'))
    objects.push(...fromGateway(fleet, object));
  return objects;
}

function fromHelm(fleet: Fleet, release: HelmRelease): FleetObject[] {
  const { values, namespace, cluster } = release;
  const name = stringAt(values, 'name') || release.name;
  if (fleet.find(cluster, 'Deployment.apps', namespace, name)) return [];
  const given = labelsAt(values, 'labels');
  const selector = { app: given.app ?? name, istio: given.istio ?? name.replace(/^istio-/, '') };
  const network = stringAt(values, 'networkGateway');
  const networkLabel: Record<string, string> = network ? { [LABELS.network]: network } : {};
  const place = { cluster, file: release.file, line: 1 };
  const autoscaled = valueAt(values, 'autoscaling', 'enabled') !== false;
  const replicas = autoscaled
    ? (numberAt(values, 'autoscaling', 'minReplicas') ?? 1)
    : (numberAt(values, 'replicaCount') ?? 1);
  const deployment: Manifest = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace, labels: { ...given, ...selector } },
    spec: {
      replicas,
      selector: { matchLabels: selector },
      template: {
        metadata: {
          labels: { 'sidecar.istio.io/inject': 'true', ...given, ...selector, ...networkLabel },
          annotations: { 'inject.istio.io/templates': 'gateway' },
        },
        spec: {
          serviceAccountName: stringAt(values, 'serviceAccount', 'name') || name,
          nodeSelector: plainAt(values, 'nodeSelector'),
          affinity: plainAt(values, 'affinity'),
          containers: [gatewayContainer(network)],
        },
      },
    },
  };
  const service: Manifest = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace, labels: { ...given, ...selector, ...networkLabel } },
    spec: {
      type: stringAt(values, 'service', 'type') ?? 'LoadBalancer',
      selector,
      ports: network ? networkPorts(values) : chartPorts(values),
      ...optional('loadBalancerIP', stringAt(values, 'service', 'loadBalancerIP')),
      ...optional('externalIPs', valueAt(values, 'service', 'externalIPs')),
    },
  };
  const objects = [{ ...place, manifest: deployment }];
  if (stringAt(values, 'service', 'type') !== 'None' && !fleet.find(cluster, 'Service', namespace, name)) {
    objects.push({ ...place, manifest: service });
  }
  return objects;
}

function chartPorts(values: Plain): Plain[] {
  const given = plainsAt(values, 'service', 'ports');
  return given.length > 0 ? given : CHART_PORTS;
}

function networkPorts(values: Plain): Plain[] {
  return Object.entries(CHART_NETWORK_PORTS).map(([name, byDefault]) => {
    const port = numberAt(values, 'networkGatewayPorts', name, 'port') ?? byDefault;
    const targetPort = numberAt(values, 'networkGatewayPorts', name, 'targetPort') ?? byDefault;
    return { name, port, targetPort, protocol: 'TCP' };
  });
}

function gatewayContainer(networkView: string | undefined): Plain {
  const env = networkView ? [{ name: 'ISTIO_META_REQUESTED_NETWORK_VIEW', value: networkView }] : [];
  return { name: 'istio-proxy', image: 'auto', env };
}

/** Classes that istiod deploys, with the suffix it gives the names. Source: gatewaycommon/classinfo.go. */
const DEPLOYED_CLASSES: Record<string, string> = { istio: '-istio', 'istio-east-west': '' };

function fromGateway(fleet: Fleet, { cluster, file, line, manifest }: FleetObject): FleetObject[] {
  const suffix = DEPLOYED_CLASSES[stringAt(manifest, 'spec', 'gatewayClassName') ?? ''];
  const isManual = plainsAt(manifest, 'spec', 'addresses').some(address => address.type === 'Hostname');
  if (suffix === undefined || isManual) return [];
  const namespace = namespaceOf(manifest);
  const name = `${manifest.metadata.name}${suffix}`;
  if (fleet.find(cluster, 'Deployment.apps', namespace, name)) return [];
  const infrastructure = valueAt(manifest, 'spec', 'infrastructure', 'labels');
  const labels = infrastructure === undefined ? (manifest.metadata.labels ?? {}) : labelsAt(infrastructure);
  const selector = { 'gateway.networking.k8s.io/gateway-name': manifest.metadata.name };
  const network = labels[LABELS.network];
  const listeners = plainsAt(manifest, 'spec', 'listeners');
  const place = { cluster, file, line };
  return [
    {
      ...place,
      manifest: {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name, namespace, labels: { ...labels, ...selector } },
        spec: {
          replicas: 1,
          selector: { matchLabels: selector },
          template: {
            metadata: {
              labels: { 'sidecar.istio.io/inject': 'true', ...labels, ...selector },
              annotations: { 'inject.istio.io/templates': 'gateway' },
            },
            spec: {
              serviceAccountName: name,
              // The view of the own network only is asked for by the label on the infrastructure.
              containers: [gatewayContainer(infrastructure === undefined ? undefined : network)],
            },
          },
        },
      },
    },
    {
      ...place,
      manifest: {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name, namespace, labels: { ...labels, ...selector } },
        spec: {
          type: manifest.metadata.annotations?.['networking.istio.io/service-type'] ?? 'LoadBalancer',
          selector,
          ports: [
            { name: 'status-port', port: 15021, targetPort: 15021, protocol: 'TCP' },
            ...listeners.map(listener => ({
              name: listener.name,
              port: listener.port,
              targetPort: listener.port,
              protocol: 'TCP',
            })),
          ],
        },
      },
    },
  ];
}

function optional(field: string, value: unknown): Plain {
  return value === undefined || value === '' ? {} : { [field]: value };
}
