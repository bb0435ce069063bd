import type { Cluster } from './cluster';
import type { IngressRoute } from './ingress-route';
import type { Mesh } from './mesh';
import { byText } from './names';
import type { MeshNamespace } from './namespace';
import type { MeshService } from './service';
import type { Placement, ServiceRef } from './service-props';

/** A service with everything that the rest of the mesh says about it. */
export interface ServiceFacts {
  readonly service: MeshService;
  /** Clusters of each version, sorted by name. */
  readonly placements: ReadonlyMap<string, readonly Cluster[]>;
  /** Clusters with pods of any version. */
  readonly clusters: ReadonlySet<Cluster>;
  /** What any of its versions calls. */
  readonly calls: ReadonlySet<MeshService>;
  /** Who calls it. */
  readonly callers: ReadonlySet<MeshService>;
  /** The ingress routes that lead to it. */
  readonly routes: readonly IngressRoute[];
  /** Clusters where its name must resolve: its own, its callers' and those of gateways that lead to it. */
  readonly nameClusters: ReadonlySet<Cluster>;
  /** Config clusters whose proxies send to it or receive for it. */
  readonly configClusters: ReadonlySet<Cluster>;
}

/** The mesh with its references resolved: what rendering and the apply plan read. */
export interface MeshModel {
  readonly clusters: readonly Cluster[];
  readonly services: ReadonlyMap<MeshService, ServiceFacts>;
  /** Clusters in which a namespace exists. */
  readonly namespaceClusters: ReadonlyMap<MeshNamespace, ReadonlySet<Cluster>>;
  /** What is made for a construct, made once: equal objects are then the same in every cluster. */
  once<T>(construct: object, make: () => T): T;
}

/** The clusters that a placement means, sorted by name. Names that don't exist are left out. */
export function placedClusters(placement: Placement, mesh: Mesh): readonly Cluster[] {
  if (placement === 'everywhere') return mesh.clusters;
  if ('matchLabels' in placement) {
    const wanted = Object.entries(placement.matchLabels);
    return mesh.clusters.filter(({ clusterLabels }) =>
      wanted.every(([key, value]) => clusterLabels[key] === value),
    );
  }
  return mesh.sortedClusters(placement);
}

/** The service that a reference means, seen from a namespace; nothing if there is none. */
export function findService(ref: ServiceRef, from: MeshNamespace, mesh: Mesh): MeshService | undefined {
  const byKey = mesh.derived(
    findService,
    () => new Map(mesh.services.map(service => [service.key, service])),
  );
  if (typeof ref !== 'string') return byKey.get(ref.key) === ref ? ref : undefined;
  return byKey.get(ref.includes('/') ? ref : `${from.namespaceName}/${ref}`);
}

/** Resolves all references of a mesh that has been checked. */
export function resolveModel(mesh: Mesh): MeshModel {
  const drafts = new Map(mesh.services.map(service => [service, draft(service, mesh)]));
  for (const [service, { calls }] of drafts) {
    for (const callee of calls) drafts.get(callee)!.callers.add(service);
  }
  for (const route of mesh.ingressRoutes) {
    for (const { to } of route.props.rules) {
      const facts = drafts.get(findService(to, route.namespace, mesh)!)!;
      if (!facts.routes.includes(route)) facts.routes.push(route);
    }
  }
  for (const facts of drafts.values()) spreadNames(facts, drafts);
  for (const facts of drafts.values()) {
    for (const cluster of facts.nameClusters) facts.configClusters.add(cluster.configCluster);
  }
  const made = new Map<object, unknown>();
  return {
    clusters: mesh.clusters,
    services: drafts,
    namespaceClusters: namespaceClusters(mesh, drafts),
    once<T>(construct: object, make: () => T): T {
      if (!made.has(construct)) made.set(construct, make());
      return made.get(construct) as T;
    },
  };
}

interface Draft extends ServiceFacts {
  readonly callers: Set<MeshService>;
  readonly callsOf: ReadonlyMap<string, ReadonlySet<MeshService>>;
  readonly routes: IngressRoute[];
  readonly nameClusters: Set<Cluster>;
  readonly configClusters: Set<Cluster>;
}

function draft(service: MeshService, mesh: Mesh): Draft {
  const placements = new Map(
    service.versions.map(([name, { placement }]) => [name, placedClusters(placement, mesh)]),
  );
  const callsOf = new Map(
    service.versions.map(([name, version]) => [
      name,
      new Set(
        (version.calls ?? service.props.calls ?? []).map(ref => findService(ref, service.namespace, mesh)!),
      ),
    ]),
  );
  return {
    service,
    placements,
    clusters: new Set([...placements.values()].flat()),
    callsOf,
    calls: new Set([...callsOf.values()].flatMap(set => [...set]).sort((a, b) => byText(a.key, b.key))),
    callers: new Set(),
    routes: [],
    nameClusters: new Set(),
    configClusters: new Set(),
  };
}

function spreadNames(facts: Draft, drafts: ReadonlyMap<MeshService, Draft>): void {
  for (const cluster of facts.clusters) facts.nameClusters.add(cluster);
  for (const caller of facts.callers) {
    const { callsOf, placements } = drafts.get(caller)!;
    for (const [version, callees] of callsOf) {
      if (!callees.has(facts.service)) continue;
      for (const cluster of placements.get(version)!) facts.nameClusters.add(cluster);
    }
  }
  for (const route of facts.routes) {
    for (const cluster of route.props.gateway.clusters) facts.nameClusters.add(cluster);
  }
}

function namespaceClusters(mesh: Mesh, drafts: ReadonlyMap<MeshService, Draft>) {
  const found = new Map(mesh.namespaces.map(namespace => [namespace, new Set<Cluster>()]));
  for (const { service, nameClusters, configClusters } of drafts.values()) {
    const clusters = found.get(service.namespace)!;
    for (const cluster of [...nameClusters, ...configClusters]) clusters.add(cluster);
  }
  for (const route of mesh.ingressRoutes) {
    const clusters = found.get(route.namespace)!;
    for (const cluster of route.props.gateway.clusters) clusters.add(cluster.configCluster);
  }
  // A namespace that holds no service may hold configuration for the whole mesh.
  for (const clusters of found.values()) {
    if (clusters.size === 0)
      for (const cluster of mesh.clusters) if (cluster.isConfigCluster) clusters.add(cluster);
  }
  return found;
}
