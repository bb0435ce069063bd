import {
  type ControlPlane,
  controlPlanes,
  isIstiod,
  istiodValues,
  meshExportTo,
} from '../fleet/control-plane';
import { gatewayWorkloads } from '../fleet/expand/gateways';
import { isGatewayTemplate, isInjected, podLabels } from '../fleet/expand/injection';
import { type Workload, workloadsOf } from '../fleet/expand/workloads';
import { type Fleet, namespaceOf } from '../fleet/fleet';
import { hostMatches, isWildcard, resolveShortName, serviceHost } from '../fleet/hosts';
import { containsLabels, type Labels, selectorMatches } from '../fleet/labels';
import { labelsAt, type Plain, plainAt, plainsAt, stringAt, stringsAt } from '../fleet/plain';
import type { FleetCluster, FleetObject, HelmRelease } from '../fleet/types';
import { isExportedTo } from '../fleet/visibility';
import { networkOf } from './networks';
import { type KnownHost, portsOfService, type ServiceRef } from './services';
import { withTexts } from './texts';
import { wellKnownServices } from './well-known';

/** Pods of one kind in one cluster. */
export interface PodSet {
  readonly object: FleetObject;
  readonly cluster: string;
  readonly namespace: string;
  readonly name: string;
  /** Labels as they are once injection has seen the pods. */
  readonly labels: Labels;
  /** A pod template: `metadata` and `spec`. */
  readonly template: Plain;
  /** How many there are at least; a DaemonSet counts one per zone or Node. */
  readonly count: number;
  readonly network: string;
  readonly serviceAccount: string;
  /** Whether they have a sidecar or are a gateway. */
  readonly isInjected: boolean;
  readonly isGateway: boolean;
  /** Whether a Helm release or a `Gateway` stands for them, so that no manifest of theirs is in the input. */
  readonly isDerived: boolean;
}

/** A fleet with what several checks look up in it, each computed once. Lookups don't scan the fleet. */
export class FleetView {
  /** With the Deployments and Services of gateways that Helm or istiod would make. */
  readonly complete: Fleet;
  /** One per config cluster. */
  readonly planes: readonly ControlPlane[];
  readonly services: readonly ServiceRef[];
  readonly pods: readonly PodSet[];
  /** Names of the networks that clusters are on, sorted; clusters of which it isn’t known are left out. */
  readonly networks: readonly string[];
  private readonly derived: ReadonlySet<FleetObject>;
  private readonly planeByName: ReadonlyMap<string, ControlPlane>;
  private readonly servicesByHost: ReadonlyMap<string, readonly ServiceRef[]>;
  private readonly servicesByPlace: ReadonlyMap<string, readonly ServiceRef[]>;
  private readonly podsByNamespace: ReadonlyMap<string, readonly PodSet[]>;
  private readonly podsByPlace: ReadonlyMap<string, readonly PodSet[]>;
  private readonly podsByPlane: ReadonlyMap<string, readonly PodSet[]>;
  private readonly hostsEverywhere = new Map<string, KnownHost>();
  private readonly podsByHost = new Map<string, readonly PodSet[]>();
  private readonly podsByLabel = new Map<string, PodSet[]>();
  private readonly entriesByPlane = new Map<string, EntryIndex>();
  private readonly networksByPlane = new Map<string, ReadonlySet<string>>();
  private readonly namespaces: ReadonlySet<string>;

  readonly fleet: Fleet;

  constructor(given: Fleet) {
    const fleet = withTexts(given);
    this.fleet = fleet;
    const derived = [...gatewayWorkloads(fleet), ...wellKnownServices(fleet)];
    this.derived = new Set(derived);
    this.complete = fleet.with(derived);
    this.planeByName = controlPlanes(fleet);
    this.planes = [...this.planeByName.values()];
    const networks = fleet.clusters.map(cluster => networkOf(fleet, cluster)).filter(name => name !== '');
    this.networks = [...new Set(networks)].sort();
    this.services = this.complete
      .ofKind('Service')
      .map(object => this.readService(object))
      .filter(service => service !== undefined);
    this.servicesByHost = groupBy(this.services, service => service.host);
    this.servicesByPlace = groupBy(this.services, ({ cluster, namespace }) => `${cluster} ${namespace}`);
    this.pods = fleet.clusters.flatMap(cluster => this.readPods(cluster));
    this.podsByNamespace = groupBy(this.pods, pod => pod.namespace);
    this.podsByPlace = groupBy(this.pods, pod => `${pod.cluster} ${pod.namespace}`);
    this.podsByPlane = groupBy(this.pods, pod => `${this.planeOf(pod.cluster).cluster} ${pod.namespace}`);
    for (const pod of this.pods) {
      for (const [key, value] of Object.entries(pod.labels)) {
        const label = `${key}=${value}`;
        const list = this.podsByLabel.get(label);
        if (list) list.push(pod);
        else this.podsByLabel.set(label, [pod]);
      }
    }
    const named = fleet.ofKind('Namespace').map(({ manifest }) => manifest.metadata.name);
    this.namespaces = new Set([...named, ...this.podsByNamespace.keys()]);
  }

  /** The control plane that serves a cluster's proxies. */
  planeOf(cluster: string): ControlPlane {
    return this.planeByName.get(this.fleet.cluster(cluster).configCluster)!;
  }

  /** The clusters whose proxies a control plane serves. */
  clustersOf(plane: ControlPlane): FleetCluster[] {
    return this.fleet.clusters.filter(cluster => cluster.configCluster === plane.cluster);
  }

  /** Istio's configuration of one kind, as a control plane reads it: that of its config cluster. */
  config(plane: ControlPlane, kind: string): readonly FleetObject[] {
    return this.fleet.ofKind(kind, plane.cluster);
  }

  /** Istio's configuration of one kind that some control plane reads, with that control plane. */
  *configs(
    kind: string,
  ): Iterable<{ plane: ControlPlane; object: FleetObject; spec: Plain; namespace: string }> {
    for (const plane of this.planes) {
      for (const object of this.config(plane, kind)) {
        yield {
          plane,
          object,
          spec: plainAt(object.manifest, 'spec'),
          namespace: namespaceOf(object.manifest),
        };
      }
    }
  }

  /** Networks that the clients of a control plane are on: those of its pods with proxies. */
  clientNetworks(plane: ControlPlane): ReadonlySet<string> {
    let networks = this.networksByPlane.get(plane.cluster);
    if (!networks) {
      const clients = this.pods.filter(pod => pod.isInjected && this.planeOf(pod.cluster) === plane);
      networks = new Set(clients.map(pod => pod.network));
      this.networksByPlane.set(plane.cluster, networks);
    }
    return networks;
  }

  /** The Helm release of istiod on a cluster; undefined where the input doesn't say how it is installed. */
  installation(cluster: string): HelmRelease | undefined {
    const releases = this.fleet.helm.filter(release => release.cluster === cluster && isIstiod(release.name));
    return releases.find(release => release.name === 'istiod') ?? releases[0];
  }

  /** Values that Istio was installed with. */
  values(cluster: string): Plain {
    return istiodValues(this.fleet, cluster);
  }

  isDerived(object: FleetObject): boolean {
    return this.derived.has(object);
  }

  /** Whether a namespace is declared, or has pods, in any cluster. */
  hasNamespace(name: string): boolean {
    return this.namespaces.has(name);
  }

  /** Every namespace that is declared or has pods. */
  namespaceNames(): Iterable<string> {
    return this.namespaces;
  }

  /** The Services of a host, one per cluster that has it. */
  servicesOf(host: string): readonly ServiceRef[] {
    return this.servicesByHost.get(host) ?? [];
  }

  /** The Services of a namespace in a cluster. */
  servicesIn(cluster: string, namespace: string): readonly ServiceRef[] {
    return this.servicesByPlace.get(`${cluster} ${namespace}`) ?? [];
  }

  /** Hosts of all Services. */
  hosts(): Iterable<string> {
    return this.servicesByHost.keys();
  }

  /** The pods of a namespace in all clusters. */
  podsIn(namespace: string): readonly PodSet[] {
    return this.podsByNamespace.get(namespace) ?? [];
  }

  /** Pods with all of the labels, in one namespace or in any. An empty selector selects all of them. */
  podsWith(labels: Labels, namespace?: string): readonly PodSet[] {
    const wanted = Object.entries(labels);
    if (wanted.length === 0) return namespace === undefined ? this.pods : this.podsIn(namespace);
    let fewest: readonly PodSet[] | undefined = namespace === undefined ? undefined : this.podsIn(namespace);
    for (const [key, value] of wanted) {
      const having = this.podsByLabel.get(`${key}=${value}`) ?? [];
      if (fewest === undefined || having.length < fewest.length) fewest = having;
    }
    return (fewest ?? []).filter(
      pod => (namespace === undefined || pod.namespace === namespace) && containsLabels(labels, pod.labels),
    );
  }

  /** Pods of a namespace with all of the labels, in the clusters that a control plane serves. */
  podsServed(plane: ControlPlane, labels: Labels, namespace: string): readonly PodSet[] {
    const pods = this.podsByPlane.get(`${plane.cluster} ${namespace}`) ?? [];
    return pods.filter(pod => containsLabels(labels, pod.labels));
  }

  /** Pods of a namespace of one cluster with all of the labels. */
  podsAt(cluster: string, namespace: string, labels: Labels): readonly PodSet[] {
    const pods = this.podsByPlace.get(`${cluster} ${namespace}`) ?? [];
    return pods.filter(pod => containsLabels(labels, pod.labels));
  }

  /** The pods behind a host's Services, each in its own cluster. */
  podsBehind(host: string): readonly PodSet[] {
    let pods = this.podsByHost.get(host);
    if (!pods) {
      pods = this.servicesOf(host).flatMap(({ cluster, namespace, selector }) =>
        Object.keys(selector).length === 0 ? [] : this.podsAt(cluster, namespace, selector),
      );
      this.podsByHost.set(host, pods);
    }
    return pods;
  }

  /**
   * What a host in a rule stands for, as a control plane resolves it for a namespace: Services of all
   * clusters, and the ServiceEntries that the plane reads.
   */
  resolve(plane: ControlPlane, namespace: string, host: string): KnownHost | undefined {
    const name = resolveShortName(host, namespace, plane.domain);
    const isExported = meshExportTo(plane, 'defaultServiceExportTo').includes('*');
    const everywhere = isExported ? this.knownEverywhere(name) : undefined;
    if (everywhere) return everywhere;
    const services = this.servicesOf(name).filter(service =>
      isExportedTo(
        service.exportTo,
        service.namespace,
        namespace,
        meshExportTo(plane, 'defaultServiceExportTo'),
      ),
    );
    if (services.length > 0) return knownHost(name, services);
    const entries = this.entriesOf(plane);
    for (const entry of [...(entries.exact.get(name) ?? []), ...entries.wildcards]) {
      const isMatch = entry.host === name || (isWildcard(entry.host) && hostMatches(entry.host, name));
      if (isMatch && isExportedTo(entry.exportTo, entry.namespace, namespace)) {
        return { host: name, services: [], ports: entry.ports, entry: entry.object };
      }
    }
    return undefined;
  }

  /** A host whose Services no cluster limits to namespaces: the same for every control plane and namespace. */
  private knownEverywhere(host: string): KnownHost | undefined {
    let known = this.hostsEverywhere.get(host);
    if (!known) {
      const services = this.servicesOf(host);
      if (services.length === 0 || services.some(service => service.exportTo.length > 0)) return undefined;
      known = knownHost(host, services);
      this.hostsEverywhere.set(host, known);
    }
    return known;
  }

  /** Whether a wildcard host covers at least one known host. */
  coversAny(plane: ControlPlane, pattern: string): boolean {
    if (pattern === '*') return true;
    for (const host of this.hosts()) if (hostMatches(pattern, host)) return true;
    const { exact, wildcards } = this.entriesOf(plane);
    for (const host of exact.keys()) if (hostMatches(pattern, host)) return true;
    return wildcards.some(entry => entry.host === pattern || hostMatches(pattern, entry.host.slice(1)));
  }

  private entriesOf(plane: ControlPlane): EntryIndex {
    let index = this.entriesByPlane.get(plane.cluster);
    if (!index) {
      const entries = this.config(plane, 'ServiceEntry.networking.istio.io').flatMap(object => {
        const spec = plainAt(object.manifest, 'spec');
        return stringsAt(spec, 'hosts').map((host): HostEntry => {
          const namespace = namespaceOf(object.manifest);
          const ports = portsOfService(plainsAt(spec, 'ports'), 'number');
          return { host, namespace, object, ports, exportTo: stringsAt(spec, 'exportTo') };
        });
      });
      index = {
        exact: groupBy(
          entries.filter(entry => !isWildcard(entry.host)),
          entry => entry.host,
        ),
        wildcards: entries.filter(entry => isWildcard(entry.host)),
      };
      this.entriesByPlane.set(plane.cluster, index);
    }
    return index;
  }

  private readService(object: FleetObject): ServiceRef | undefined {
    const { cluster, manifest } = object;
    const spec = plainAt(manifest, 'spec');
    const namespace = namespaceOf(manifest);
    const { name, annotations } = manifest.metadata;
    const exportTo = annotations?.['networking.istio.io/exportTo'];
    return {
      host: serviceHost(name, namespace, this.planeOf(cluster).domain),
      cluster,
      namespace,
      name,
      object,
      ports: portsOfService(plainsAt(spec, 'ports'), 'port'),
      type: stringAt(spec, 'type') ?? 'ClusterIP',
      isHeadless: stringAt(spec, 'clusterIP') === 'None',
      selector: labelsAt(spec, 'selector'),
      exportTo: exportTo ? exportTo.split(',').map(part => part.trim()) : [],
      isDerived: this.derived.has(object),
    };
  }

  private readPods(cluster: FleetCluster): PodSet[] {
    const network = networkOf(this.fleet, cluster);
    const sets = workloadsOf(this.complete, cluster.name).map(workload =>
      this.podSet(cluster, network, workload),
    );
    const controlled = groupBy(sets, set => set.namespace);
    for (const object of this.fleet.ofKind('Pod', cluster.name)) {
      const labels = labelsAt(object.manifest, 'metadata', 'labels');
      const namespace = namespaceOf(object.manifest);
      // Pods that a workload of the fleet made are counted with it.
      const isMade =
        plainsAt(object.manifest, 'metadata', 'ownerReferences').length > 0 &&
        (controlled.get(namespace) ?? []).some(set =>
          selectorMatches(plainAt(set.object.manifest, 'spec', 'selector'), labels),
        );
      if (isMade) continue;
      const template = {
        metadata: object.manifest.metadata,
        spec: plainAt(object.manifest, 'spec'),
      } as Plain;
      const { name } = object.manifest.metadata;
      sets.push(
        this.podSet(cluster, network, { object, kind: 'Pod', namespace, name, replicas: 1, template }),
      );
    }
    for (const object of this.fleet.ofKind('WorkloadEntry.networking.istio.io', cluster.name)) {
      const spec = plainAt(object.manifest, 'spec');
      sets.push({
        object,
        cluster: cluster.name,
        namespace: namespaceOf(object.manifest),
        name: object.manifest.metadata.name,
        labels: labelsAt(spec, 'labels'),
        template: {},
        count: 1,
        network: stringAt(spec, 'network') ?? network,
        serviceAccount: stringAt(spec, 'serviceAccount') ?? 'default',
        isInjected: false,
        isGateway: false,
        isDerived: false,
      });
    }
    return sets;
  }

  private podSet(cluster: FleetCluster, network: string, workload: Workload): PodSet {
    const labels = podLabels(this.complete, cluster.name, workload, network);
    const nodes = this.fleet.ofKind('Node', cluster.name).length || Math.max(1, cluster.zones.length);
    return {
      object: workload.object,
      cluster: cluster.name,
      namespace: workload.namespace,
      name: workload.name,
      labels,
      template: workload.template,
      count: workload.replicas ?? nodes,
      network: labels['topology.istio.io/network'] ?? network,
      serviceAccount: stringAt(workload.template, 'spec', 'serviceAccountName') ?? 'default',
      isInjected: isInjected(this.complete, cluster.name, workload),
      isGateway: isGatewayTemplate(workload.template),
      isDerived: this.derived.has(workload.object),
    };
  }
}

interface HostEntry {
  readonly host: string;
  readonly namespace: string;
  readonly object: FleetObject;
  readonly ports: KnownHost['ports'];
  readonly exportTo: readonly string[];
}

interface EntryIndex {
  readonly exact: ReadonlyMap<string, readonly HostEntry[]>;
  readonly wildcards: readonly HostEntry[];
}

function knownHost(host: string, services: readonly ServiceRef[]): KnownHost {
  const ports = new Map(services.flatMap(service => service.ports.map(port => [port.number, port] as const)));
  return { host, services, ports: [...ports.values()] };
}

/** Lists by key, in order. */
export function groupBy<T>(items: Iterable<T>, keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
