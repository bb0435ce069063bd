import { namespaceOf } from '../fleet/fleet';
import { containsLabels } from '../fleet/labels';
import { plainAt, plainsAt, stringAt, stringsAt } from '../fleet/plain';
import type { FleetObject } from '../fleet/types';
import { KIND } from './kinds';
import { podsUnder, workloadSelectorOf } from './selectors';
import { type FleetView, groupBy, type PodSet } from './view';

/** That a client may call a host, and which object says so. */
export interface Call {
  readonly client: PodSet;
  readonly host: string;
  readonly from: FleetObject;
}

/** `trust-domain/ns/NAMESPACE/sa/ACCOUNT`. Source: Istio `pkg/spiffe/spiffe.go`. */
const PRINCIPAL = /^(?:spiffe:\/\/)?([^/*]+)\/ns\/([^/*]+)\/sa\/([^/*]+)$/;

/** Namespace and service account of a principal that names exactly one; undefined for a pattern. */
export function parsePrincipal(
  principal: string,
): { trustDomain: string; namespace: string; account: string } | undefined {
  const match = PRINCIPAL.exec(principal);
  return match ? { trustDomain: match[1], namespace: match[2], account: match[3] } : undefined;
}

/**
 * Who calls what, as far as configuration says it: hosts that a Sidecar lets its workloads see, and principals
 * that an AuthorizationPolicy lets in. Only clients with a sidecar, which resolve names in their own cluster.
 */
export function* calls(view: FleetView): Iterable<Call> {
  const isClient = (pod: PodSet) => pod.isInjected && !pod.isGateway;
  for (const { plane, object, spec, namespace } of view.configs(KIND.sidecar)) {
    const hosts = plainsAt(spec, 'egress')
      .flatMap(egress => stringsAt(egress, 'hosts'))
      .map(host => host.slice(host.indexOf('/') + 1))
      .filter(host => host.includes('.') && !host.includes('*'));
    if (hosts.length === 0) continue;
    for (const client of view.podsServed(plane, workloadSelectorOf(object) ?? {}, namespace)) {
      if (!isClient(client)) continue;
      for (const host of hosts) yield { client, host, from: object };
    }
  }
  const byAccount = groupBy(view.pods.filter(isClient), pod => `${pod.namespace}/${pod.serviceAccount}`);
  const seen = new Set<string>();
  for (const { plane, object, spec, namespace } of view.configs(KIND.authorizationPolicy)) {
    // Primaries have the same policies: what one says once needn't be said for each of them.
    const key = JSON.stringify([namespace, spec]);
    if (seen.has(key)) continue;
    seen.add(key);
    if ((stringAt(spec, 'action') ?? 'ALLOW') !== 'ALLOW' || !workloadSelectorOf(object)) continue;
    const targets = podsUnder(view, plane.rootNamespace, object);
    const hosts = new Set(
      targets.flatMap(pod =>
        view
          .servicesIn(pod.cluster, pod.namespace)
          .filter(({ selector }) => Object.keys(selector).length > 0 && containsLabels(selector, pod.labels))
          .map(service => service.host),
      ),
    );
    for (const principal of principalsOf(object)) {
      const parsed = parsePrincipal(principal);
      if (!parsed) continue;
      for (const client of byAccount.get(`${parsed.namespace}/${parsed.account}`) ?? []) {
        for (const host of hosts) yield { client, host, from: object };
      }
    }
  }
}

/** The principals that an AuthorizationPolicy names as sources, in order. */
export function principalsOf({ manifest }: FleetObject): string[] {
  return plainsAt(manifest, 'spec', 'rules').flatMap(rule =>
    plainsAt(rule, 'from').flatMap(from => stringsAt(plainAt(from, 'source'), 'principals')),
  );
}

/** Whether a Sidecar limits what a pod's proxy sees. */
export function hasSidecarScope(view: FleetView, pod: PodSet): boolean {
  const plane = view.planeOf(pod.cluster);
  return view.config(plane, KIND.sidecar).some(object => {
    const namespace = namespaceOf(object.manifest);
    const selector = workloadSelectorOf(object);
    if (selector) return namespace === pod.namespace && containsLabels(selector, pod.labels);
    return namespace === pod.namespace || namespace === plane.rootNamespace;
  });
}
