import { namespaceOf } from '../fleet/fleet';
import { isWildcard } from '../fleet/hosts';
import { containsLabels, type Labels } from '../fleet/labels';
import { byText, labelsAt, plainsAt, stringAt, stringsAt, valueAt } from '../fleet/plain';
import type { FleetObject } from '../fleet/types';
import type { Service } from './model';
import type { PlaneView, World } from './world';

/** Pods that call alike: those of one service account, labels and namespace in one cluster. */
export interface Caller {
  readonly cluster: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly labels: Labels;
  /** Whether it is a gateway, which has routes instead of calls. */
  readonly isGateway: boolean;
}

/** Who calls what, as far as manifests say it. */
export interface CallGraph {
  /**
   * The pods that may call a service; undefined when nothing says who does, so that anybody may.
   */
  callersOf(service: Service): readonly Caller[] | undefined;
}

/**
 * Reads the call graph from what was declared for other ends: Sidecars that list hosts, and
 * AuthorizationPolicies of action ALLOW that list principals. A host or principal with a wildcard says nothing.
 */
export function callGraph(world: World): CallGraph {
  const callers = new Map<string, Caller[]>();
  for (const { name, configCluster } of world.fleet.clusters) {
    callers.set(configCluster, [...(callers.get(configCluster) ?? []), ...callersIn(world, name)]);
  }
  const cache = new Map<string, readonly Caller[] | undefined>();
  return {
    callersOf: service => {
      if (cache.has(service.host)) return cache.get(service.host);
      const found = findCallers(world, callers, service);
      cache.set(service.host, found);
      return found;
    },
  };
}

function findCallers(
  world: World,
  callers: ReadonlyMap<string, readonly Caller[]>,
  service: Service,
): readonly Caller[] | undefined {
  const found = new Set<Caller>();
  let isKnown = false;
  for (const view of world.planes.values()) {
    const own = callers.get(view.plane.cluster) ?? [];
    for (const sidecar of world.fleet.ofKind('Sidecar.networking.istio.io', view.plane.cluster)) {
      if (!listsHost(sidecar, service)) continue;
      isKnown = true;
      for (const caller of own)
        if (isSelected(sidecar, caller, ['spec', 'workloadSelector', 'labels'])) found.add(caller);
    }
    for (const principal of principalsFor(world, view, service)) {
      isKnown = true;
      for (const caller of own) if (isPrincipal(principal, caller)) found.add(caller);
    }
  }
  return isKnown ? [...found] : undefined;
}

function callersIn(world: World, cluster: string): Caller[] {
  const callers = new Map<string, Caller>();
  for (const { manifest } of world.fleet.ofKind('Pod', cluster)) {
    const containers = plainsAt(manifest, 'spec', 'containers');
    const caller: Caller = {
      cluster,
      namespace: namespaceOf(manifest),
      serviceAccount: stringAt(manifest, 'spec', 'serviceAccountName') ?? 'default',
      labels: manifest.metadata.labels ?? {},
      isGateway: containers.length > 0 && containers.every(container => container.name === 'istio-proxy'),
    };
    const key = JSON.stringify([caller.namespace, caller.serviceAccount, caller.labels]);
    if (!callers.has(key)) callers.set(key, caller);
  }
  return [...callers.values()].sort(
    (a, b) => byText(a.namespace, b.namespace) || byText(a.serviceAccount, b.serviceAccount),
  );
}

/** Egress hosts are `namespace/host`; only one that means this service alone says that it is called. */
function listsHost({ manifest }: FleetObject, service: Service): boolean {
  const own = namespaceOf(manifest);
  return plainsAt(manifest, 'spec', 'egress').some(listener =>
    stringsAt(listener, 'hosts').some(text => {
      const [namespace, host = ''] = text.split('/');
      if (isWildcard(host) || host !== service.host) return false;
      return namespace === '*' || (namespace === '.' ? own : namespace) === service.namespace;
    }),
  );
}

/** The principals that policies of the service's pods let in; none where no policy lists any. */
function principalsFor(world: World, view: PlaneView, service: Service): string[] {
  const endpoints = view.endpointsOf(service.host);
  const principals: string[] = [];
  for (const { manifest } of world.fleet.ofKind(
    'AuthorizationPolicy.security.istio.io',
    view.plane.cluster,
  )) {
    if (namespaceOf(manifest) !== service.namespace) continue;
    if ((stringAt(manifest, 'spec', 'action') ?? 'ALLOW') !== 'ALLOW') continue;
    const selector = labelsAt(manifest, 'spec', 'selector', 'matchLabels');
    if (!endpoints.some(endpoint => containsLabels(selector, endpoint.labels))) continue;
    for (const rule of plainsAt(manifest, 'spec', 'rules')) {
      for (const from of plainsAt(rule, 'from')) {
        principals.push(...stringsAt(from, 'source', 'principals').filter(text => !text.includes('*')));
      }
    }
  }
  return principals;
}

/** `TRUST_DOMAIN/ns/NAMESPACE/sa/ACCOUNT`. */
function isPrincipal(principal: string, caller: Caller): boolean {
  return principal.endsWith(`/ns/${caller.namespace}/sa/${caller.serviceAccount}`);
}

function isSelected({ manifest }: FleetObject, caller: Caller, path: string[]): boolean {
  if (namespaceOf(manifest) !== caller.namespace) return false;
  return (
    valueAt(manifest, ...path) === undefined || containsLabels(labelsAt(manifest, ...path), caller.labels)
  );
}
