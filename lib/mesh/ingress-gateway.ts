import { Construct } from 'constructs';
import type { Cluster, ClusterRef } from './cluster';
import { Mesh } from './mesh';
import { dnsLabelProblem, refuse } from './names';

/** Describes an ingress gateway. */
export interface IngressGatewayProps {
  /** The clusters that have it; each gets a gateway and a load balancer of its own. */
  readonly clusters: 'everywhere' | readonly ClusterRef[];
  /**
   * The namespace that it runs in.
   *
   * @default 'istio-ingress'
   */
  readonly namespace?: string;
}

/**
 * An ingress gateway on a set of clusters, installed from Istio's gateway chart as release
 * `istio-<id>`. Its pods carry the label `istio: <id>`, which is what Gateways select.
 *
 * @see https://github.com/istio/istio/blob/release-1.31/manifests/charts/gateway/templates/_helpers.tpl
 */
export class IngressGateway extends Construct {
  readonly gatewayName: string;
  readonly namespaceName: string;
  readonly placement: 'everywhere' | readonly ClusterRef[];

  /**
   * @throws ModelError if a name is no DNS-1123 label, is taken or is that of the east-west gateway, or if there is
   * no cluster.
   */
  constructor(scope: Construct, id: string, props: IngressGatewayProps) {
    refuse([
      ...dnsLabelProblem(id, 'gateway name', id, 'it becomes a release, a label and a ServiceAccount'),
      ...Mesh.duplicateProblem(scope, id, 'ingress gateway'),
      ...(id === 'eastwestgateway'
        ? [
            {
              path: id,
              what: `an ingress gateway is called '${id}'`,
              why: 'that is the name of the gateway between networks, whose pods it would share',
              fix: 'Choose another name.',
            },
          ]
        : []),
      ...dnsLabelProblem(id, 'namespace', props.namespace ?? 'istio-ingress', 'Kubernetes refuses it'),
      ...(props.clusters.length === 0
        ? [
            {
              path: id,
              what: 'the ingress gateway is on no cluster',
              why: 'nothing could reach what it exposes',
              fix: "Name clusters, or 'everywhere'.",
            },
          ]
        : []),
    ]);
    super(scope, id);
    this.gatewayName = id;
    this.namespaceName = props.namespace ?? 'istio-ingress';
    this.placement = props.clusters;
  }

  /** The clusters that have it, sorted by name. Call it when rendering. */
  get clusters(): readonly Cluster[] {
    const mesh = Mesh.of(this);
    const { placement } = this;
    if (placement === 'everywhere') return mesh.clusters;
    return mesh.derived(this, () => mesh.sortedClusters(placement));
  }

  /** The name of its Helm release, Service and ServiceAccount. */
  get releaseName(): string {
    return `istio-${this.gatewayName}`;
  }

  /** The labels by which a Gateway selects its pods. */
  get selector(): Record<string, string> {
    return { istio: this.gatewayName };
  }

  /** Whether a construct is an ingress gateway. */
  static isIngressGateway(construct: unknown): construct is IngressGateway {
    return construct instanceof IngressGateway;
  }
}
