import { Construct } from 'constructs';
import { ModelError } from '../errors';
import type { Manifest } from '../manifest';
import { Mesh } from '../mesh/mesh';
import { dnsLabelProblem, refuse } from '../mesh/names';
import type { PlanRenderable } from '../mesh/renderable';
import type { PlanStep } from '../output/apply-plan';
import { application, healthOfApplications, project, rootApplication } from './applications';
import { unsyncable, waves } from './waves';

/** Describes how Argo CD syncs dist. */
export interface ArgoCdProps {
  /** The Git repository that holds dist. */
  readonly repoURL: string;
  /**
   * Branch, tag or commit.
   *
   * @default 'HEAD'
   */
  readonly targetRevision?: string;
  /**
   * The folder of dist in the repository.
   *
   * @default 'dist'
   */
  readonly path?: string;
  /**
   * The namespace that Argo CD runs in.
   *
   * @default 'argocd'
   */
  readonly namespace?: string;
  /**
   * The names under which Argo CD knows the clusters, by cluster; no credential is written anywhere.
   *
   * @default - each cluster's own name
   */
  readonly destinations?: Readonly<Record<string, string>>;
  /**
   * Whether Argo CD syncs by itself when the repository changes, and undoes what others change.
   *
   * @default true
   */
  readonly automated?: boolean;
}

/**
 * Makes the mesh write `dist/argocd`: one Application per cluster and layer and per Helm release, an
 * AppProject that limits what they may do, and a root Application over them. What one waits for is in an
 * earlier sync wave, in the order of the apply plan; on deletion Argo CD goes the other way.
 *
 * Remote secrets and the CA are not synced: they hold keys. The apply plan makes the former
 * (`apply.sh --step`), and istiod waits for neither.
 *
 * @example
 * new ArgoCd(mesh, 'argocd', { repoURL: 'https://git.example.com/platform/mesh.git' });
 */
export class ArgoCd extends Construct implements PlanRenderable {
  private readonly props: ArgoCdProps;

  /**
   * @throws ModelError if the repository is empty or the namespace is no DNS-1123 label.
   */
  constructor(scope: Mesh, id: string, props: ArgoCdProps) {
    refuse([
      ...Mesh.duplicateProblem(scope, id, 'construct'),
      ...dnsLabelProblem(id, 'namespace', props.namespace ?? 'argocd', 'Kubernetes refuses it'),
      ...(props.repoURL
        ? []
        : [
            {
              path: id,
              what: 'the repository is empty',
              why: 'Argo CD would have nothing to sync from',
              fix: "Give the URL of the Git repository that holds dist, such as 'https://git.example.com/mesh.git'.",
            },
          ]),
    ]);
    super(scope, id);
    this.props = props;
  }

  /**
   * @throws ModelError for steps of the plan that Argo CD can't take over, and for destinations of clusters
   * that don't exist.
   */
  renderPlan(steps: readonly PlanStep[]): ReadonlyMap<string, readonly Manifest[]> {
    const mesh = Mesh.of(this);
    const path = this.node.path;
    const unknown = Object.keys(this.props.destinations ?? {}).filter(name => !mesh.findCluster(name));
    const problems = [
      ...steps.flatMap(step => unsyncable(path, step)),
      ...unknown.map(name => ({
        path,
        what: `it has a destination for '${name}', which is no cluster of this mesh`,
        why: 'nothing would go there',
        fix: `Use one of: ${mesh.clusters.map(({ clusterName }) => clusterName).join(', ')}.`,
      })),
    ];
    if (problems.length > 0) throw new ModelError(problems);
    const settings = {
      meshName: mesh.meshId,
      repoURL: this.props.repoURL,
      targetRevision: this.props.targetRevision ?? 'HEAD',
      path: this.props.path ?? 'dist',
      namespace: this.props.namespace ?? 'argocd',
      automated: this.props.automated ?? true,
      destination: (cluster: string) => this.props.destinations?.[cluster] ?? cluster,
    };
    const clusters = [...new Set(steps.map(({ cluster }) => cluster))].sort();
    return new Map([
      ['argocd/root.yaml', [rootApplication(settings)]],
      ['argocd/project.yaml', [project(settings, clusters, steps)]],
      ['argocd/applications.yaml', waves(steps).map(({ step, wave }) => application(settings, step, wave))],
      ['argocd/argocd-cm.yaml', [healthOfApplications(settings.namespace)]],
    ]);
  }
}
