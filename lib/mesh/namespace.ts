import { Construct } from 'constructs';
import type { Manifest } from '../manifest';
import { Mesh } from './mesh';
import { dnsLabelProblem, refuse, sortedEntries } from './names';
import type { ClusterRenderable, ClusterTarget } from './renderable';
import { hasWaypoint, WAYPOINT, waypointGateway } from './waypoint';

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
  /**
   * The control plane that its pods belong to: the mesh's revision, or that of its canary.
   *
   * @default - the mesh's
   */
  readonly revision?: string;
  /**
   * In an ambient mesh, whether requests to its services pass through a waypoint.
   *
   * @default - where its services have routes, or a locality policy that needs a DestinationRule
   */
  readonly waypoint?: boolean;
}

/** Labels that decide how pods get into the mesh: they follow from the mesh. */
const ENROLMENT = ['istio-injection', 'istio.io/rev', 'istio.io/dataplane-mode', 'istio.io/use-waypoint'];

/**
 * A namespace that is the same in every cluster that needs it: Istio takes equal names in different
 * clusters of a mesh for one namespace. It is rendered where its services run or are called, and into the
 * config clusters that hold their configuration. Pods in it get a sidecar,
 * or in an ambient mesh the node's ztunnel.
 *
 * @see https://github.com/kubernetes/community/blob/master/sig-multicluster/namespace-sameness-position-statement.md
 */
export class MeshNamespace extends Construct implements ClusterRenderable {
  readonly namespaceName: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly outbound: 'registry-only' | 'allow-any';
  readonly revision?: string;
  readonly waypoint?: boolean;
  private readonly waypointKey = {};

  /**
   * @throws ModelError if the name is no DNS-1123 label, is the mesh's system namespace, or is taken; if a
   * label would change how its pods get into the mesh.
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
      ...ENROLMENT.filter(label => Object.hasOwn(props.labels ?? {}, label)).map(label => ({
        path: id,
        what: `its label '${label}' is set to '${props.labels![label]}'`,
        why: 'how pods get into the mesh is one choice for all of it; gateways and policies are made for that one',
        fix: "Leave it out: it follows from the mesh's 'dataPlane' and 'revision', and from 'revision' and 'waypoint' here.",
      })),
    ]);
    super(scope, id);
    this.namespaceName = id;
    this.labels = props.labels ?? {};
    this.outbound = props.outbound ?? 'registry-only';
    this.revision = props.revision;
    this.waypoint = props.waypoint;
  }

  renderInto(target: ClusterTarget): void {
    const { model } = Mesh.of(this);
    if (!model.namespaceClusters.get(this)!.has(target.cluster)) return;
    target.add(
      'namespaces',
      model.once(this, () => this.manifest()),
    );
    if (hasWaypoint(this)) {
      target.add(
        'mesh',
        model.once(this.waypointKey, () => waypointGateway(this)),
      );
    }
  }

  private manifest(): Manifest {
    const labels = {
      ...this.enrolment(),
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

  private enrolment(): Record<string, string> {
    const mesh = Mesh.of(this);
    if (mesh.dataPlane === 'ambient') {
      return {
        'istio.io/dataplane-mode': 'ambient',
        ...(hasWaypoint(this) ? { 'istio.io/use-waypoint': WAYPOINT } : {}),
      };
    }
    const revision = this.revision ?? mesh.revision;
    return revision ? { 'istio.io/rev': revision } : { 'istio-injection': 'enabled' };
  }

  /** Whether a construct is a mesh namespace. */
  static isMeshNamespace(construct: unknown): construct is MeshNamespace {
    return construct instanceof MeshNamespace;
  }
}
