import type { Chart } from 'cdk8s';
import type { IConstruct } from 'constructs';
import type { Layer } from '../layer';
import type { Manifest } from '../manifest';
import type { PlanStep } from '../output/apply-plan';
import type { Cluster } from './cluster';

/** Where a construct that is declared once puts what one cluster gets of it. */
export interface ClusterTarget {
  /** The cluster that is being rendered. */
  readonly cluster: Cluster;
  /**
   * Adds an object to a layer. An object that is equal in several clusters should be the same JavaScript
   * object in each call: it is then serialized once.
   */
  add(layer: Layer, manifest: Manifest): void;
  /** A chart for constructs (cdk8s-plus workloads, ApiObjects); what it holds ends in that layer. */
  chart(layer: Layer): Chart;
}

/** A construct that is declared once, on the mesh, and rendered into each cluster that needs it. */
export interface ClusterRenderable extends IConstruct {
  /** Called once per cluster when the mesh is synthesized. Must not depend on the order of calls. */
  renderInto(target: ClusterTarget): void;
}

/** Whether a construct is a {@link ClusterRenderable}. */
export function isClusterRenderable(construct: IConstruct): construct is ClusterRenderable {
  return typeof (construct as Partial<ClusterRenderable>).renderInto === 'function';
}

/** A construct that writes files of its own beside the clusters' folders, from the apply plan of the mesh. */
export interface PlanRenderable extends IConstruct {
  /**
   * Called once, when every cluster is rendered.
   *
   * @returns manifests by path in dist
   */
  renderPlan(steps: readonly PlanStep[]): ReadonlyMap<string, readonly Manifest[]>;
}

/** Whether a construct is a {@link PlanRenderable}. */
export function isPlanRenderable(construct: IConstruct): construct is PlanRenderable {
  return typeof (construct as Partial<PlanRenderable>).renderPlan === 'function';
}
