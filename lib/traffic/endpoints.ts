import { type ControlPlane, endpointNetwork } from '../fleet/control-plane';
import { SERVICE_NAME_LABEL } from '../fleet/expand/slices';
import { type Fleet, namespaceOf } from '../fleet/fleet';
import { serviceHost } from '../fleet/hosts';
import { containsLabels, LABELS, type Labels } from '../fleet/labels';
import {
  byText,
  labelsAt,
  numberAt,
  type Plain,
  plainAt,
  plainsAt,
  stringAt,
  stringsAt,
  valueAt,
} from '../fleet/plain';
import type { FleetCluster, FleetObject } from '../fleet/types';
import { augmentLabels, parseLocality, podLocality } from './locality';
import type { Endpoint, Health } from './model';
import { fromWorkloadEntry, isAddress } from './workload-entry';

/** Endpoints by host, then by the cluster they are reported by. */
export type EndpointIndex = ReadonlyMap<string, ReadonlyMap<string, readonly Endpoint[]>>;

/** An index that is being filled. */
export type MutableIndex = Map<string, Map<string, Endpoint[]>>;

/** What of a control plane's setup decides how it reads a cluster's endpoints. */
export type EndpointSettings = Pick<ControlPlane, 'domain' | 'rootNamespace'>;

/**
 * The endpoints of Kubernetes Services in all clusters: those of EndpointSlices, and WorkloadEntries that
 * Services select.
 *
 * Source: Istio `pilot/pkg/serviceregistry/kube/controller/{endpointslice,endpoint_builder}.go`.
 */
export function kubernetesEndpoints(fleet: Fleet, settings: EndpointSettings): EndpointIndex {
  const index: MutableIndex = new Map();
  for (const cluster of fleet.clusters) {
    const place = placeOf(fleet, cluster, settings);
    addSlices(index, fleet, settings, place);
    addSelectedWorkloadEntries(index, fleet, settings, place);
  }
  return index;
}

/** What is needed to read the endpoints of a cluster. */
export interface Place {
  readonly cluster: string;
  readonly network: string;
  readonly podByName: ReadonlyMap<string, FleetObject>;
  readonly podByAddress: ReadonlyMap<string, FleetObject>;
  readonly nodeLabels: ReadonlyMap<string, Labels>;
}

/** Reads the pods and nodes of a cluster. */
export function placeOf(fleet: Fleet, cluster: FleetCluster, settings: EndpointSettings): Place {
  const podByName = new Map<string, FleetObject>();
  const podByAddress = new Map<string, FleetObject>();
  for (const pod of fleet.ofKind('Pod', cluster.name)) {
    podByName.set(`${namespaceOf(pod.manifest)}/${pod.manifest.metadata.name}`, pod);
    const address = stringAt(pod.manifest, 'status', 'podIP');
    if (address) podByAddress.set(address, pod);
  }
  const nodeLabels = new Map(
    fleet
      .ofKind('Node', cluster.name)
      .map(({ manifest }) => [manifest.metadata.name, manifest.metadata.labels ?? {}] as const),
  );
  const network = endpointNetwork(fleet, cluster, settings.rootNamespace);
  return { cluster: cluster.name, network, podByName, podByAddress, nodeLabels };
}

function addSlices(index: MutableIndex, fleet: Fleet, settings: EndpointSettings, place: Place): void {
  for (const { manifest } of fleet.ofKind('EndpointSlice.discovery.k8s.io', place.cluster)) {
    const service = manifest.metadata.labels?.[SERVICE_NAME_LABEL];
    if (!service || valueAt(manifest, 'addressType') === 'FQDN') continue;
    const host = serviceHost(service, namespaceOf(manifest), settings.domain);
    for (const entry of plainsAt(manifest, 'endpoints')) {
      for (const address of stringsAt(entry, 'addresses')) {
        const workload = workloadBehind(place, entry, address);
        if (!workload) continue;
        for (const port of plainsAt(manifest, 'ports')) {
          push(index, host, place.cluster, {
            ...workload,
            address,
            port: numberAt(port, 'port') ?? 0,
            portName: stringAt(port, 'name') ?? '',
            health: healthOf(plainAt(entry, 'conditions')),
          });
        }
      }
    }
  }
}

/** An endpoint without what its Service decides. */
export type Workload = Omit<Endpoint, 'address' | 'port' | 'portName' | 'health'>;

/** The pod behind an address; an endpoint that names a pod which isn't there is left out, as istiod does. */
export function workloadBehind(place: Place, entry: Plain, address: string): Workload | undefined {
  const target = plainAt(entry, 'targetRef');
  const isPod = target.kind === 'Pod';
  const pod = isPod
    ? place.podByName.get(`${stringAt(target, 'namespace')}/${stringAt(target, 'name')}`)
    : place.podByAddress.get(address);
  if (!pod && isPod) return undefined;
  const labels = pod?.manifest.metadata.labels ?? {};
  const node = stringAt(pod?.manifest, 'spec', 'nodeName') ?? '';
  const localityLabel = pod ? podLocality(labels, place.nodeLabels.get(node)) : '';
  const locality = parseLocality(localityLabel);
  const network = labels[LABELS.network] || place.network;
  return {
    cluster: place.cluster,
    network,
    locality,
    localityLabel,
    labels: augmentLabels(labels, { cluster: place.cluster, locality, node, network }),
    weight: 1,
    tlsMode: labels[LABELS.tlsMode] ?? 'disabled',
    namespace: pod ? namespaceOf(pod.manifest) : '',
    node,
    workload: pod?.manifest.metadata.name ?? address,
  };
}

/** Source: Istio `pilot/pkg/serviceregistry/kube/controller/endpointslice.go` endpointHealthStatus. */
function healthOf(conditions: Plain): Health {
  if (conditions.ready !== false) return 'healthy';
  return conditions.terminating === false ? 'unhealthy' : 'terminating';
}

function addSelectedWorkloadEntries(
  index: MutableIndex,
  fleet: Fleet,
  settings: EndpointSettings,
  place: Place,
): void {
  const entries = fleet.ofKind('WorkloadEntry.networking.istio.io', place.cluster);
  if (entries.length === 0) return;
  for (const { manifest } of fleet.ofKind('Service', place.cluster)) {
    const selector = labelsAt(manifest, 'spec', 'selector');
    if (Object.keys(selector).length === 0) continue;
    const namespace = namespaceOf(manifest);
    const host = serviceHost(manifest.metadata.name, namespace, settings.domain);
    for (const entry of entries) {
      if (namespaceOf(entry.manifest) !== namespace) continue;
      const workload = fromWorkloadEntry(
        place.cluster,
        place.network,
        entry.manifest,
        plainAt(entry.manifest, 'spec'),
      );
      if (!containsLabels(selector, workload.labels) || !isAddress(workload.address)) continue;
      for (const port of plainsAt(manifest, 'spec', 'ports')) {
        const name = stringAt(port, 'name') ?? '';
        const target = valueAt(port, 'targetPort');
        const number =
          numberAt(workload.ports, name) ??
          (typeof target === 'number' ? target : numberAt(port, 'port')) ??
          0;
        push(index, host, place.cluster, { ...workload.endpoint, port: number, portName: name });
      }
    }
  }
}

/** Adds an endpoint of a host in a cluster. */
export function push(index: MutableIndex, host: string, cluster: string, endpoint: Endpoint): void {
  let clusters = index.get(host);
  if (!clusters) {
    clusters = new Map();
    index.set(host, clusters);
  }
  const list = clusters.get(cluster);
  if (list) list.push(endpoint);
  else clusters.set(cluster, [endpoint]);
}

/** Clusters in the order of istiod's shards. Source: Istio `pilot/pkg/model/endpointshards.go` Keys. */
export function shardOrder(clusters: Iterable<string>): string[] {
  return [...clusters].sort(byText);
}
