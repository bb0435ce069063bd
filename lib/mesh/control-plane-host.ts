import { Construct } from 'constructs';
import { Mesh } from './mesh';
import { dnsLabelProblem, refuse } from './names';

/** Describes the cluster that runs an external control plane. */
export interface ControlPlaneHostProps {
  /**
   * The kube context that the apply plan uses.
   *
   * @default - the host's name
   */
  readonly context?: string;
}

/**
 * A Kubernetes cluster that runs an istiod for others and is itself no part of the mesh: no workload is placed
 * on it and no proxy of it is in the mesh. It gets a folder in dist, and steps in the apply plan.
 *
 * @example
 * const ops = new ControlPlaneHost(mesh, 'ops');
 * new Cluster(mesh, 'frankfurt', {
 *   network: vpc,
 *   region: 'europe-west3',
 *   controlPlane: { role: 'external', host: ops, address: 'istiod.example.com' },
 * });
 */
export class ControlPlaneHost extends Construct {
  /** The construct's id. */
  readonly hostName: string;
  readonly context: string;

  /**
   * @throws ModelError if the name is no DNS-1123 label or is taken.
   */
  constructor(scope: Construct, id: string, props: ControlPlaneHostProps = {}) {
    refuse([
      ...dnsLabelProblem(id, 'host name', id, 'it is a folder in dist'),
      ...Mesh.duplicateProblem(scope, id, 'control plane host'),
    ]);
    super(scope, id);
    this.hostName = id;
    this.context = props.context ?? id;
  }

  /** Whether a construct is the host of a control plane. */
  static isControlPlaneHost(construct: unknown): construct is ControlPlaneHost {
    return construct instanceof ControlPlaneHost;
  }
}
