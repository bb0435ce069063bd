import type { Manifest } from '../manifest';
import { InputError } from './errors';
import { byText } from './plain';
import type { Duplicate, FleetCluster, FleetObject, HelmRelease } from './types';

/** What a fleet is made of. */
export interface FleetParts {
  readonly clusters: readonly FleetCluster[];
  readonly objects: readonly FleetObject[];
  readonly helm?: readonly HelmRelease[];
}

/**
 * The manifests of all clusters, indexed: the read model that analysis and traffic work on. It is the same
 * whether it was loaded from dist, from folders or made in memory, and whatever the order of its parts.
 */
export class Fleet {
  readonly clusters: readonly FleetCluster[];
  readonly objects: readonly FleetObject[];
  readonly helm: readonly HelmRelease[];
  /** Objects that were given twice in one cluster; `objects` has the later one only. */
  readonly duplicates: readonly Duplicate[];
  private readonly clusterByName = new Map<string, FleetCluster>();
  private readonly byKind = new Map<string, FleetObject[]>();
  private readonly byClusterAndKind = new Map<string, FleetObject[]>();
  private readonly byKey = new Map<string, FleetObject>();

  /** @throws InputError when a name is given twice, or a control plane or config cluster isn't in the fleet. */
  constructor(parts: FleetParts) {
    this.clusters = [...parts.clusters].sort((a, b) => byText(a.name, b.name));
    for (const cluster of this.clusters) {
      if (this.clusterByName.has(cluster.name)) {
        throw new InputError(
          `cluster "${cluster.name}" is given twice`,
          'A cluster name is unique in the mesh: Istio uses it as the key of endpoints and remote secrets.',
        );
      }
      this.clusterByName.set(cluster.name, cluster);
    }
    for (const cluster of this.clusters) this.requireKnownClusters(cluster);

    const duplicates: Duplicate[] = [];
    for (const object of parts.objects) {
      this.cluster(object.cluster);
      const key = objectKey(object.cluster, object.manifest);
      const first = this.byKey.get(key);
      if (first) duplicates.push({ first, second: object });
      this.byKey.set(key, object);
    }
    this.duplicates = duplicates;
    this.objects = [...this.byKey.values()].sort(byIdentity);
    this.helm = [...(parts.helm ?? [])].sort(
      (a, b) => byText(a.cluster, b.cluster) || byText(a.name, b.name),
    );
    for (const object of this.objects) {
      push(this.byKind, kindKey(object.manifest), object);
      push(this.byClusterAndKind, `${object.cluster} ${kindKey(object.manifest)}`, object);
    }
  }

  /** A fleet from memory: manifests by cluster name, as a mesh renders them. */
  static fromManifests(
    clusters: readonly FleetCluster[],
    manifests: ReadonlyMap<string, readonly Manifest[]>,
    helm: readonly HelmRelease[] = [],
  ): Fleet {
    const objects: FleetObject[] = [];
    for (const [cluster, list] of manifests) {
      for (const manifest of list) objects.push({ cluster, file: '', line: 0, manifest });
    }
    return new Fleet({ clusters, objects, helm });
  }

  /** The cluster of that name. @throws InputError naming the clusters there are. */
  cluster(name: string): FleetCluster {
    const cluster = this.clusterByName.get(name);
    if (!cluster) {
      throw new InputError(
        `cluster "${name}" isn't in the fleet`,
        `The fleet has: ${[...this.clusterByName.keys()].join(', ') || 'no cluster'}.`,
      );
    }
    return cluster;
  }

  /** Whether the fleet has a cluster of that name. */
  hasCluster(name: string): boolean {
    return this.clusterByName.has(name);
  }

  /**
   * The objects of a kind, sorted by cluster, namespace and name. The kind is `Kind.group` without the
   * version, as versions of one API are the same object: `Service`, `Deployment.apps`,
   * `VirtualService.networking.istio.io`.
   */
  ofKind(kind: string, cluster?: string): readonly FleetObject[] {
    return (
      (cluster === undefined ? this.byKind.get(kind) : this.byClusterAndKind.get(`${cluster} ${kind}`)) ?? []
    );
  }

  /** One object by kind, namespace (empty for cluster-scoped kinds) and name. */
  find(cluster: string, kind: string, namespace: string, name: string): FleetObject | undefined {
    const found = this.byKey.get(`${cluster} ${kind} ${namespace}/${name}`);
    return found ?? (namespace === 'default' ? this.byKey.get(`${cluster} ${kind} /${name}`) : undefined);
  }

  /** A fleet with further objects; one of the same kind, namespace and name replaces the earlier one. */
  with(objects: readonly FleetObject[]): Fleet {
    return new Fleet({ clusters: this.clusters, objects: [...this.objects, ...objects], helm: this.helm });
  }

  private requireKnownClusters(cluster: FleetCluster): void {
    const named = [cluster.configCluster, cluster.controlPlane.primary].filter(name => name !== undefined);
    for (const name of named) {
      // An external istiod may run in a cluster that has no place in the mesh.
      if (name === cluster.controlPlane.primary && cluster.controlPlane.role === 'external') continue;
      if (!this.clusterByName.has(name)) {
        throw new InputError(
          `cluster "${cluster.name}" names "${name}" as its control plane or config cluster, which isn't in the fleet`,
          `Add "${name}", or name one of: ${[...this.clusterByName.keys()].join(', ')}.`,
        );
      }
    }
  }
}

/** `Kind.group` of a manifest, the group left out for the core API: `Service`, `Deployment.apps`. */
export function kindKey(manifest: Manifest): string {
  const slash = manifest.apiVersion.indexOf('/');
  return slash < 0 ? manifest.kind : `${manifest.kind}.${manifest.apiVersion.slice(0, slash)}`;
}

/** Namespace of a manifest; `default` is what Kubernetes takes for a namespaced object that names none. */
export function namespaceOf(manifest: Manifest): string {
  return manifest.metadata.namespace ?? 'default';
}

function objectKey(cluster: string, manifest: Manifest): string {
  return `${cluster} ${kindKey(manifest)} ${manifest.metadata.namespace ?? ''}/${manifest.metadata.name}`;
}

function byIdentity(a: FleetObject, b: FleetObject): number {
  return (
    byText(a.cluster, b.cluster) ||
    byText(kindKey(a.manifest), kindKey(b.manifest)) ||
    byText(a.manifest.metadata.namespace ?? '', b.manifest.metadata.namespace ?? '') ||
    byText(a.manifest.metadata.name, b.manifest.metadata.name)
  );
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
