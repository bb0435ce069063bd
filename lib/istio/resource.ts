import { ApiObject, App, Chart, type JsonPatch, Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import { ModelError, type Problem } from '../errors';
import type { Layer } from '../layer';
import type { Manifest } from '../manifest';
import type { Cluster, ClusterRef } from '../mesh/cluster';
import type { ClusterRenderable, ClusterTarget } from '../mesh/renderable';
import { isDnsSubdomain } from '../names';
import { convert, type ToJson } from './shape';

/** Metadata of an Istio object. */
export interface IstioMetadata {
  /**
   * The object's name, a DNS-1123 subdomain.
   * @default - the construct's id
   */
  readonly name?: string;
  /**
   * The object's namespace. For most kinds it is also the namespace whose workloads they apply to; in Istio's
   * root namespace (`istio-system`) they apply to the whole mesh.
   * @default - the enclosing MeshNamespace, else the namespace of the chart
   */
  readonly namespace?: string;
  /** @default - none */
  readonly labels?: Readonly<Record<string, string>>;
  /** @default - none */
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Props that all Istio kinds have beside the fields of their spec. */
export interface IstioResourceProps {
  /** Name, namespace, labels and annotations. */
  readonly metadata?: IstioMetadata;
  /**
   * Clusters whose proxies need the object, when it is declared on the mesh or a namespace of it: it is
   * rendered into the config clusters that serve them. Of no effect inside a cluster or chart.
   * @default - all clusters of the mesh, so every config cluster
   */
  readonly clusters?: readonly ClusterRef[];
  /**
   * The layer it is written to, when it is declared on the mesh or a namespace of it.
   * @default - `routes` for Gateway and VirtualService, `mesh` for all others
   */
  readonly layer?: Layer;
}

/** What is wrong with a spec; the path is added by the resource. */
export type Complaint = Omit<Problem, 'path'>;

/** What tells one kind from another. */
export interface IstioKind<Spec> {
  readonly apiVersion: string;
  readonly kind: string;
  readonly layer: Layer;
  /** The generated function that renames the spec's fields. */
  readonly toJson: ToJson;
  /** Complaints about a spec that Istio would refuse. */
  readonly check?: (spec: Spec, name: string) => readonly Complaint[];
}

/**
 * An object of one of Istio's kinds. Below a chart or a cluster it is an ordinary ApiObject. Below the mesh
 * or one of its namespaces it is rendered into each config cluster that serves a proxy in need of it: Istio
 * reads its configuration there and nowhere else.
 *
 * Fields that the bindings don't know, written through a cast, reach the YAML unchanged. A spec that holds
 * values which are produced later (`Lazy`) is not checked.
 *
 * @throws ModelError when the name is no DNS-1123 subdomain, no namespace is known for an object on the mesh,
 * or Istio's validation would refuse the spec.
 * @see https://github.com/istio/istio/blob/release-1.31/pkg/config/validation/validation.go
 */
export abstract class IstioResource<Spec extends object> extends Construct implements ClusterRenderable {
  /** The object's name. */
  readonly name: string;
  /** The object's namespace, if it is known: a chart may leave it to kubectl. */
  readonly namespace?: string;
  /** The Kubernetes object behind it; not part of the tree for an object on the mesh. */
  private readonly object: ApiObject;
  private readonly declaredOnMesh: boolean;
  private readonly clusters?: readonly ClusterRef[];
  private readonly layer: Layer;
  private manifest?: Manifest;

  protected constructor(
    scope: Construct,
    id: string,
    kind: IstioKind<Spec>,
    props: IstioResourceProps,
    spec: Spec,
  ) {
    super(scope, id);
    const { name = id, namespace, ...metadata } = props.metadata ?? {};
    this.declaredOnMesh = !this.node.scopes.some(Chart.isChart);
    this.name = name;
    this.namespace = namespace ?? enclosingNamespace(this);
    this.clusters = props.clusters;
    this.layer = props.layer ?? kind.layer;
    this.refuse([...this.problemsOfIdentity(), ...(holdsLazy(spec) ? [] : (kind.check?.(spec, name) ?? []))]);
    this.object = new ApiObject(this.declaredOnMesh ? detachedChart() : this, 'Default', {
      apiVersion: kind.apiVersion,
      kind: kind.kind,
      metadata: { ...metadata, name, ...(this.namespace !== undefined && { namespace: this.namespace }) },
      spec: convert(kind.toJson, spec),
    });
    this.namespace = this.object.metadata.namespace;
  }

  /** Applies RFC 6902 operations to the manifest, after everything else. Paths are those of the YAML. */
  addJsonPatch(...ops: JsonPatch[]): void {
    this.object.addJsonPatch(...ops);
    this.manifest = undefined;
  }

  renderInto(target: ClusterTarget): void {
    if (!this.declaredOnMesh || !this.isNeededBy(target.cluster)) return;
    this.manifest ??= this.object.toJson() as Manifest;
    target.add(this.layer, this.manifest);
  }

  private isNeededBy(cluster: Cluster): boolean {
    if (!cluster.isConfigCluster) return false;
    if (this.clusters === undefined) return true;
    return this.clusters.some(ref => this.resolve(ref).configCluster.clusterName === cluster.clusterName);
  }

  private resolve(ref: ClusterRef): Cluster {
    if (typeof ref !== 'string') return ref;
    return (this.node.root as Construct & { cluster(ref: ClusterRef): Cluster }).cluster(ref);
  }

  private *problemsOfIdentity(): Generator<Complaint> {
    if (!isDnsSubdomain(this.name)) {
      yield {
        what: `the name ${JSON.stringify(this.name)} is not a DNS-1123 subdomain`,
        why: 'the API server refuses it',
        fix: 'Use lower-case letters, digits, "-" and ".", at most 253, or set metadata.name.',
      };
    }
    if (this.declaredOnMesh && this.namespace === undefined) {
      yield {
        what: 'it has no namespace',
        why: 'the mesh, unlike a MeshNamespace or a chart, has none that it could default to',
        fix: 'Set metadata.namespace, or declare it in a MeshNamespace.',
      };
    }
  }

  private refuse(complaints: readonly Complaint[]): void {
    if (complaints.length > 0) throw new ModelError(complaints.map(it => ({ path: this.node.path, ...it })));
  }
}

/** Splits what every kind has from the spec's own fields: what a kind's constructor passes on. */
export function splitProps<Spec extends object>(
  props: IstioResourceProps & Spec,
): [IstioResourceProps, Spec] {
  const { metadata, clusters, layer, ...spec } = props;
  return [{ metadata, clusters, layer }, spec as unknown as Spec];
}

/** The name of the nearest MeshNamespace around a construct; told by its property, to keep imports one-way. */
function enclosingNamespace(construct: Construct): string | undefined {
  const scopes = [...construct.node.scopes].reverse() as Partial<{ namespaceName: string }>[];
  return scopes.find(scope => typeof scope.namespaceName === 'string')?.namespaceName;
}

/** Whether a value is only known when it is written; a spec with such values is not checked. */
function holdsLazy(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return value instanceof Lazy || Object.values(value).some(holdsLazy);
}

/** A chart outside the tree: an ApiObject needs one, and sanitizes and patches as in any other chart. */
function detachedChart(): Chart {
  return new Chart(new App(), 'mesh');
}
