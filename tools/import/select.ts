import type { CustomResourceDefinition } from './crd';
import { cutCrd } from './cut';

/**
 * Kinds that get no bindings: other kinds that come in the same files. Sail's IstioRevision and its tag are
 * made by the operator; the X kinds of the Gateway API are experiments with a group of their own.
 */
const LEFT_OUT: readonly RegExp[] = [/^sailoperator\.io\/IstioRevision/, /^gateway\.networking\.x-k8s\.io\//];

/**
 * Parts of a schema that are bound as free-form objects, because they would cost more lines than all the
 * rest: each of an ApplicationSet's generators repeats its template and nests other generators; its template
 * repeats an Application; an Application's `operation` is what a running sync writes; volumes and affinity
 * inside Sail's Helm values are Kubernetes' own types.
 */
const OPAQUE: Readonly<Record<string, readonly string[]>> = {
  'argoproj.io/Application': ['operation'],
  'argoproj.io/ApplicationSet': ['spec.generators[]', 'spec.template.spec'],
  'sailoperator.io/Istio': [
    'spec.values.pilot.volumes[]',
    'spec.values.pilot.affinity',
    'spec.values.global.waypoint.affinity',
  ],
  'sailoperator.io/IstioCNI': ['spec.values.cni.affinity'],
  'sailoperator.io/ZTunnel': ['spec.values.ztunnel.volumes[]', 'spec.values.ztunnel.affinity'],
};

/** The CRDs to bind, cut down, in an order that doesn't depend on the order of the files. */
export function selectCrds(crds: readonly CustomResourceDefinition[]): CustomResourceDefinition[] {
  const byId = new Map<string, CustomResourceDefinition>();
  for (const crd of crds) {
    const id = `${crd.spec.group}/${crd.spec.names.kind}`;
    if (LEFT_OUT.some(pattern => pattern.test(id))) continue;
    if (byId.has(id)) throw new Error(`${id} is defined twice`);
    byId.set(id, cutCrd(crd, OPAQUE[id]));
  }
  return [...byId.keys()].sort().map(id => byId.get(id)!);
}
