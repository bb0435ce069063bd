import type { Problem } from '../errors';
import type { Manifest } from '../manifest';
import type { Cluster } from '../mesh/cluster';
import { Mesh } from '../mesh/mesh';
import { istioRelease } from './versions';

/** Label of the pods of a Gateway of the Gateway API. */
const GATEWAY_NAME = 'gateway.networking.k8s.io/gateway-name';

/**
 * From 1.31 on, istiod adds an Istio Gateway to a proxy that the Gateway API deployed only in the proxy's own
 * namespace. Elsewhere it would be left out without a word, so it is an error here.
 *
 * @see https://github.com/istio/istio/blob/release-1.31/pilot/pkg/model/push_context.go filterStrictGatewayMerging
 */
export function gatewayMergeProblems(cluster: Cluster, manifests: readonly Manifest[]): Problem[] {
  if (!istioRelease(Mesh.of(cluster).istioVersion)?.strictGatewayMerging) return [];
  const managed = manifests.filter(isApi('gateway.networking.k8s.io'));
  return manifests.filter(isApi('networking.istio.io')).flatMap(({ metadata, spec }) => {
    const name = (spec as { selector?: Record<string, string> }).selector?.[GATEWAY_NAME];
    const owners = managed.filter(gateway => gateway.metadata.name === name);
    if (!name || owners.some(owner => owner.metadata.namespace === metadata.namespace)) return [];
    const where = owners.map(owner => `'${owner.metadata.namespace}'`).join(', ') || 'another namespace';
    return [
      {
        path: cluster.clusterName,
        what: `Gateway ${metadata.namespace}/${metadata.name} selects the pods of the Gateway API's gateway '${name}' in ${where}`,
        why: 'from Istio 1.31 on, such a proxy takes Gateways of its own namespace only: this one would have no effect',
        fix: `Declare it in the namespace of '${name}', or add a listener to that gateway.`,
      },
    ];
  });
}

function isApi(group: string) {
  return ({ kind, apiVersion }: Manifest) => kind === 'Gateway' && apiVersion.startsWith(`${group}/`);
}
