import type { Cluster, Platform } from '../mesh/cluster';
import { Mesh } from '../mesh/mesh';
import { spansNetworks } from './topology';

/** Annotations by which a platform keeps a load balancer off the public internet. */
const INTERNAL: Partial<Record<Platform, Readonly<Record<string, string>>>> = {
  // https://cloud.google.com/kubernetes-engine/docs/how-to/internal-load-balancing, global access included:
  // without it only clients of the same region reach the address.
  gke: {
    'networking.gke.io/internal-load-balancer-allow-global-access': 'true',
    'networking.gke.io/load-balancer-type': 'Internal',
  },
  // https://learn.microsoft.com/azure/aks/internal-lb
  aks: { 'service.beta.kubernetes.io/azure-load-balancer-internal': 'true' },
  // https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/service/annotations/
  eks: { 'service.beta.kubernetes.io/aws-load-balancer-scheme': 'internal' },
};

/**
 * The annotations that make a cluster's east-west gateway internal: on one network all of its clients are
 * inside, so its address need not be public. Nothing where they come from other networks, or where the
 * platform has no such annotation.
 */
export function internalLoadBalancer(cluster: Cluster): Readonly<Record<string, string>> | undefined {
  return spansNetworks(Mesh.of(cluster)) ? undefined : INTERNAL[cluster.platform];
}
