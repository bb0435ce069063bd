import type { Manifest } from '../manifest';
import type { Cluster } from '../mesh/cluster';
import { Mesh } from '../mesh/mesh';
import { type Revision, revisionsOf } from './revisions';
import { mergeValues, type PlainValues } from './user-values';
import { chartPlatform, imageValues, istioValues } from './values';

const API = 'sailoperator.io/v1';

/** Namespaces that the operator's own pages put the node agents in; each agent is called `default`. */
export const CNI_NAMESPACE = 'istio-cni';
export const ZTUNNEL_NAMESPACE = 'ztunnel';

/**
 * What the Sail operator installs from on a cluster: an Istio per revision, in an ambient mesh (and for the
 * CNI plugin on OpenShift) the node agents. Its gateways are made otherwise: the operator knows none.
 *
 * @see https://github.com/istio-ecosystem/sail-operator/blob/main/docs/deployment-models/multicluster.adoc
 */
export function sailResources(cluster: Cluster): readonly Manifest[] {
  const revisions = revisionsOf(Mesh.of(cluster));
  return [...revisions.map(revision => istio(cluster, revision)), ...nodeAgents(cluster, revisions[0])];
}

/** Name of the Istio resource of a revision, which the operator makes the revision of. */
export function sailName(revision: Revision): string {
  return revision.name || 'default';
}

/** The namespaces that the operator expects to find, beside Istio's own. */
export function sailNamespaces(cluster: Cluster): readonly string[] {
  if (Mesh.of(cluster).dataPlane === 'ambient') return [CNI_NAMESPACE, ZTUNNEL_NAMESPACE];
  return chartPlatform(cluster) === 'openshift' ? [CNI_NAMESPACE] : [];
}

function istio(cluster: Cluster, revision: Revision): Manifest {
  const { systemNamespace: namespace, dataPlane } = Mesh.of(cluster);
  // The operator sets the revision from the name, and takes the profile as a field of its own.
  const { profile, revision: _, ...values } = istioValues(cluster, revision);
  const trusted: PlainValues =
    dataPlane === 'ambient' ? { pilot: { trustedZtunnelNamespace: ZTUNNEL_NAMESPACE } } : {};
  return {
    apiVersion: API,
    kind: 'Istio',
    metadata: { name: sailName(revision) },
    spec: {
      version: `v${revision.istioVersion}`,
      namespace,
      ...(profile ? { profile } : {}),
      updateStrategy: { type: 'InPlace' },
      values: mergeValues(trusted, values, { global: { istioNamespace: namespace } }),
    },
  };
}

function nodeAgents(cluster: Cluster, revision: Revision): Manifest[] {
  const [, ...others] = sailNamespaces(cluster);
  const version = `v${revision.istioVersion}`;
  const images = imageValues(cluster, revision);
  const ambient = Mesh.of(cluster).dataPlane === 'ambient';
  const agents: Manifest[] = [];
  if (sailNamespaces(cluster).length > 0) {
    const values = mergeValues({ global: { ...images, platform: chartPlatform(cluster) } });
    agents.push({
      apiVersion: API,
      kind: 'IstioCNI',
      metadata: { name: 'default' },
      spec: {
        version,
        namespace: CNI_NAMESPACE,
        ...(ambient ? { profile: 'ambient' } : {}),
        ...(Object.keys(values).length > 0 ? { values } : {}),
      },
    });
  }
  if (others.length > 0) {
    agents.push({
      apiVersion: API,
      kind: 'ZTunnel',
      metadata: { name: 'default' },
      spec: {
        version,
        namespace: ZTUNNEL_NAMESPACE,
        values: {
          ztunnel: mergeValues({
            ...images,
            istioNamespace: Mesh.of(cluster).systemNamespace,
            multiCluster: { clusterName: cluster.clusterName },
            network: cluster.networkName,
            revision: revision.name || undefined,
          }),
        },
      },
    });
  }
  return agents;
}
