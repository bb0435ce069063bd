import { Construct } from 'constructs';
import { Mesh } from './mesh';
import { dnsLabelProblem, refuse } from './names';

/**
 * A network in Istio's sense: pods on it reach each other directly by pod IP. Clusters on one network need
 * routable pod ranges that don't overlap; between networks, requests pass through an east-west gateway.
 *
 * @see https://istio.io/latest/docs/ops/deployment/deployment-models/#network-models
 */
export class Network extends Construct {
  /** The value of `topology.istio.io/network`, which is the construct's id. */
  readonly networkName: string;

  /**
   * @throws ModelError if the id is not a DNS-1123 label or names a network that exists already.
   */
  constructor(scope: Construct, id: string) {
    refuse([
      ...dnsLabelProblem(id, 'network name', id, 'it becomes a label value and part of the injection path'),
      ...Mesh.duplicateProblem(scope, id, 'network'),
    ]);
    super(scope, id);
    this.networkName = id;
  }

  /** Whether a construct is a network. */
  static isNetwork(construct: unknown): construct is Network {
    return construct instanceof Network;
  }
}

/** A network, or its name (which may be declared later). */
export type NetworkRef = Network | string;
