import { at, type Check } from '../types';

const SYSTEM = new Set(['kube-system', 'kube-public', 'kube-node-lease']);

/** Whether a namespace says that its pods are or aren't in the mesh. */
export const namespaceNotInjected: Check = {
  code: 'ISM0610',
  name: 'namespace-not-injected',
  severity: 'info',
  istio: ['IST0102'],
  summary: 'A namespace with pods says whether they are in the mesh.',
  why: 'Its pods have no proxy: no mTLS, no routes and no policies apply to them, in this cluster at least.',
  fix: 'Label it istio-injection: enabled, or disabled to say that it is meant so.',
  *run(view) {
    for (const object of view.fleet.ofKind('Namespace')) {
      const { name, labels = {} } = object.manifest.metadata;
      if (SYSTEM.has(name) || name === view.planeOf(object.cluster).rootNamespace) continue;
      if (
        ['istio-injection', 'istio.io/rev', 'istio.io/dataplane-mode'].some(
          label => labels[label] !== undefined,
        )
      )
        continue;
      const bare = view
        .podsIn(name)
        .find(pod => pod.cluster === object.cluster && !pod.isInjected && !saysNo(pod.template));
      if (bare)
        yield {
          at: at(object),
          message: `says nothing about injection, and ${bare.name} has no proxy`,
          related: [at(bare.object)],
        };
    }
  },
};

function saysNo(template: unknown): boolean {
  const metadata = (
    template as { metadata?: { labels?: Record<string, unknown>; annotations?: Record<string, unknown> } }
  ).metadata;
  const label = 'sidecar.istio.io/inject';
  return String(metadata?.labels?.[label] ?? metadata?.annotations?.[label]) === 'false';
}
