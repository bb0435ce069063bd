import { Construct } from 'constructs';
import type { Manifest } from '../manifest';
import { Mesh } from './mesh';
import { dnsLabelProblem, refuse, sortedEntries } from './names';
import type { ClusterRenderable, ClusterTarget } from './renderable';

/** Describes a namespace of the mesh. */
export interface MeshNamespaceProps {
  /**
   * Further labels of the Namespace, in every cluster.
   *
   * @default {}
   */
  readonly labels?: Readonly<Record<string, string>>;
  /**
   * What pods may call that is not declared in `calls` or a ServiceEntry: nothing, or anything.
   *
   * @default 'registry-only'
   */
  readonly outbound?: 'registry-only' | 'allow-any';
}

/**
 * A namespace that is the same in every cluster that needs it: Istio takes equal names in different
 * clusters of a mesh for one namespace. It is rendered where its services run or are called, and into the
 * config clusters that hold their configuration. Pods in it get a sidecar.
 *
 * @see https://github.com/kubernetes/community/blob/master/sig-multicluster/namespace-sameness-position-statement.md
 */
export class MeshNamespace extends Construct implements ClusterRenderable {
  readonly namespaceName: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly outbound: 'registry-only' | 'allow-any';

  /**
   * @throws ModelError if the name is no DNS-1123 label, is the mesh's system namespace, or is taken.
   */
  constructor(scope: Construct, id: string, props: MeshNamespaceProps = {}) {
    const mesh = Mesh.of(scope);
    refuse([
      ...dnsLabelProblem(id, 'namespace name', id, 'Kubernetes refuses it'),
      ...(id === mesh.systemNamespace
        ? [
            {
              path: id,
              what: `'${id}' can't be a namespace for applications`,
              why: 'it is where Istio itself runs: configuration in it counts for the whole mesh',
              fix: 'Choose another name.',
            },
          ]
        : []),
      ...Mesh.duplicateProblem(scope, id, 'namespace'),
    ]);
    super(scope, id);
    this.namespaceName = id;
    this.labels = props.labels ?? {};
    this.outbound = props.outbound ?? 'registry-only';
  }

  renderInto(target: ClusterTarget): void {
    const { model } = Mesh.of(this);
    if (!model.namespaceClusters.get(this)!.has(target.cluster)) return;
    target.add(
      'namespaces',
      model.once(this, () => this.manifest()),
    );
  }

  private manifest(): Manifest {
    const labels = {
      'istio-injection': 'enabled',
      // A warning, because the init container that injection adds needs NET_ADMIN: enforcing would refuse the
      // injected pods, while a warning judges the workloads as they are written.
      'pod-security.kubernetes.io/warn': 'restricted',
      ...this.labels,
    };
    return {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: this.namespaceName, labels: Object.fromEntries(sortedEntries(labels)) },
    };
  }

  /** Whether a construct is a mesh namespace. */
  static isMeshNamespace(construct: unknown): construct is MeshNamespace {
    return construct instanceof MeshNamespace;
  }
}
