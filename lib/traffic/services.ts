import type { ControlPlane } from '../fleet/control-plane';
import { type Fleet, namespaceOf } from '../fleet/fleet';
import { serviceHost } from '../fleet/hosts';
import { byText, labelsAt, numberAt, type Plain, plainsAt, stringAt, stringsAt } from '../fleet/plain';
import type { FleetObject } from '../fleet/types';
import type { Resolution, Service, ServicePort, TrafficDistribution } from './model';

/**
 * The services that a control plane knows, by host: Kubernetes Services merged over all clusters, and the
 * ServiceEntries of the config cluster.
 *
 * Of a Service that several clusters have, the config cluster's counts, ports and annotations included; where
 * it has none, the first of the others by name (Istio leaves that order open).
 *
 * Source: Istio `pilot/pkg/serviceregistry/aggregate/controller.go` Services, mergeService.
 */
export function servicesOf(fleet: Fleet, plane: ControlPlane): Map<string, Service[]> {
  const services = new Map<string, Service[]>();
  const order = [
    plane.cluster,
    ...fleet.clusters.map(cluster => cluster.name).filter(name => name !== plane.cluster),
  ];
  const clustersOf = new Map<string, string[]>();
  for (const cluster of order) {
    for (const object of fleet.ofKind('Service', cluster)) {
      const { name } = object.manifest.metadata;
      const host = serviceHost(name, namespaceOf(object.manifest), plane.domain);
      const known = clustersOf.get(host);
      if (known) {
        known.push(cluster);
        continue;
      }
      const clusters = [cluster];
      clustersOf.set(host, clusters);
      services.set(host, [fromKubernetes(fleet, object, host, clusters)]);
    }
  }
  for (const clusters of clustersOf.values()) clusters.sort(byText);
  for (const object of fleet.ofKind('ServiceEntry.networking.istio.io', plane.cluster)) {
    for (const service of fromServiceEntry(fleet, object)) {
      services.set(service.host, [...(services.get(service.host) ?? []), service]);
    }
  }
  return services;
}

/** Source: Istio `pilot/pkg/serviceregistry/kube/conversion.go` ConvertService. */
function fromKubernetes(fleet: Fleet, object: FleetObject, host: string, clusters: string[]): Service {
  const { manifest, cluster } = object;
  const namespace = namespaceOf(manifest);
  const exportTo = stringAt(manifest, 'metadata', 'annotations', 'networking.istio.io/exportTo') ?? '';
  let resolution: Resolution = 'eds';
  if (stringAt(manifest, 'spec', 'type') === 'ExternalName') resolution = 'alias';
  else if (stringAt(manifest, 'spec', 'clusterIP') === 'None') resolution = 'original-destination';
  return {
    host,
    namespace,
    name: manifest.metadata.name,
    ports: plainsAt(manifest, 'spec', 'ports').map(port => readPort(port, 'port')),
    resolution,
    trafficDistribution: trafficDistribution(
      stringAt(manifest, 'spec', 'trafficDistribution'),
      manifest.metadata.annotations,
      namespaceAnnotations(fleet, cluster, namespace),
    ),
    isNodeLocal: stringAt(manifest, 'spec', 'internalTrafficPolicy') === 'Local',
    exportTo: exportTo
      .split(',')
      .map(text => text.trim())
      .filter(text => text !== ''),
    hasPersistentSession: Boolean(manifest.metadata.labels?.['istio.io/persistent-session']),
    clusters,
  };
}

const RESOLUTIONS: Record<string, Resolution> = {
  STATIC: 'eds',
  DNS: 'dns',
  DNS_ROUND_ROBIN: 'dns',
  DYNAMIC_DNS: 'dns',
};

/** Source: Istio `pilot/pkg/serviceregistry/serviceentry/conversion.go` convertServices. */
function fromServiceEntry(fleet: Fleet, { manifest, cluster }: FleetObject): Service[] {
  const namespace = namespaceOf(manifest);
  return stringsAt(manifest, 'spec', 'hosts').map(host => ({
    host,
    namespace,
    name: manifest.metadata.name,
    ports: plainsAt(manifest, 'spec', 'ports').map(port => readPort(port, 'number')),
    resolution: RESOLUTIONS[stringAt(manifest, 'spec', 'resolution') ?? 'NONE'] ?? 'original-destination',
    trafficDistribution: trafficDistribution(
      undefined,
      manifest.metadata.annotations,
      namespaceAnnotations(fleet, cluster, namespace),
    ),
    isNodeLocal: false,
    exportTo: stringsAt(manifest, 'spec', 'exportTo'),
    hasPersistentSession: Boolean(manifest.metadata.labels?.['istio.io/persistent-session']),
    clusters: [],
  }));
}

function readPort(port: Plain, numberField: string): ServicePort {
  const name = stringAt(port, 'name') ?? '';
  return { name, number: numberAt(port, numberField) ?? 0, protocol: protocolOf(port, name) };
}

/** `appProtocol` first, then the part of the name before `-`. Source: Istio `pkg/config/kube/conversion.go`. */
function protocolOf(port: Plain, name: string): string {
  if (stringAt(port, 'protocol') === 'UDP') return 'UDP';
  const declared = stringAt(port, 'appProtocol') ?? name.split('-')[0];
  const given = (stringAt(port, 'protocol') ?? '').toUpperCase();
  const known = ['HTTP', 'HTTP2', 'GRPC', 'GRPC-WEB', 'HTTPS', 'TLS', 'TCP', 'MONGO', 'REDIS', 'MYSQL'];
  if (known.includes(declared.toUpperCase())) return declared.toUpperCase();
  return given !== 'TCP' && known.includes(given) ? given : 'UNKNOWN';
}

const DISTRIBUTIONS: Record<string, TrafficDistribution> = {
  prefersamezone: 'same-zone',
  preferclose: 'same-zone',
  prefersamenode: 'same-node',
};

/**
 * The field first, then the Service's annotation, then its namespace's. An unknown value of the field is as
 * if it weren't there, one of an annotation ends the search.
 *
 * Source: Istio `pilot/pkg/model/service.go` GetTrafficDistribution.
 */
function trafficDistribution(
  field: string | undefined,
  own: unknown,
  namespace: Record<string, string>,
): TrafficDistribution {
  const annotation = 'networking.istio.io/traffic-distribution';
  if (field === 'PreferSameZone' || field === 'PreferClose') return 'same-zone';
  if (field === 'PreferSameNode') return 'same-node';
  const annotated = labelsAt(own)[annotation] || namespace[annotation];
  return annotated ? (DISTRIBUTIONS[annotated.toLowerCase()] ?? 'any') : 'any';
}

function namespaceAnnotations(fleet: Fleet, cluster: string, namespace: string): Record<string, string> {
  return labelsAt(fleet.find(cluster, 'Namespace', '', namespace)?.manifest, 'metadata', 'annotations');
}
