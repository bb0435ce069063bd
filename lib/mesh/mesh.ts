import { App } from 'cdk8s';
import type { Construct, IConstruct } from 'constructs';
import { ModelError, type Problem } from '../errors';
import { revisionProblems } from '../install/revisions';
import type { CanaryControlPlane, Installer } from '../install/settings';
import type { IstioValues } from '../install/values';
import {
  DEFAULT_ISTIO_VERSION,
  type IstioVersion,
  istioRelease,
  SUPPORTED_MINORS,
} from '../install/versions';
import { meshProblems } from './check';
import { Cluster, type ClusterRef } from './cluster';
import { ControlPlaneHost } from './control-plane-host';
import { IngressGateway } from './ingress-gateway';
import { IngressRoute } from './ingress-route';
import { type MeshModel, resolveModel } from './model';
import { byText, dnsLabelProblem, refuse } from './names';
import { MeshNamespace } from './namespace';
import { Network } from './network';
import { type RenderedCluster, renderCluster } from './render';
import {
  type ClusterRenderable,
  isClusterRenderable,
  isPlanRenderable,
  type PlanRenderable,
} from './renderable';
import { MeshService } from './service';
import { writeDist } from './write';

/** Describes a mesh. */
export interface MeshProps {
  /**
   * The mesh ID, equal in every cluster.
   *
   * @default 'mesh1'
   */
  readonly meshId?: string;
  /**
   * The release of Istio, without a leading v.
   *
   * @default '1.31.1'
   */
  readonly istioVersion?: IstioVersion;
  /**
   * The SPIFFE trust domain of every workload identity.
   *
   * @default 'cluster.local'
   */
  readonly trustDomain?: string;
  /**
   * Whether workloads take plain text: never, or from clients outside of the mesh too.
   *
   * @default 'STRICT'
   */
  readonly mtls?: 'STRICT' | 'PERMISSIVE';
  /**
   * How pods get into the mesh, all of them alike: each with a sidecar, or by the node's ztunnel. Sidecars
   * can't pass an ambient mesh's HBONE gateways, nor ztunnels the mutual TLS gateways of a sidecar mesh.
   *
   * @default 'sidecar'
   */
  readonly dataPlane?: 'sidecar' | 'ambient';
  /**
   * The revision of the control planes, for upgrades by a second one beside the first: what installs Istio,
   * injects pods and exposes istiod then carries it in its name.
   *
   * @default - none: the default revision, upgraded in place
   * @see https://istio.io/latest/docs/setup/upgrade/canary/
   */
  readonly revision?: string;
  /**
   * A second control plane beside the first in every cluster. Namespaces move to it one by one, by their
   * prop `revision`; gateways stay with the first.
   *
   * @default - none
   */
  readonly canary?: CanaryControlPlane;
  /**
   * What installs Istio on the clusters.
   *
   * @default 'helm'
   */
  readonly installer?: Installer;
  /**
   * Values for the control planes of all clusters, in the form of the Sail operator's `spec.values`, merged
   * over what follows from the model.
   *
   * @default {}
   */
  readonly values?: IstioValues;
  /**
   * The folder that is written.
   *
   * @default - `CDK8S_OUTDIR`, which the cdk8s CLI sets, else 'dist'
   */
  readonly outdir?: string;
  /**
   * Show no progress, however long the synthesis takes.
   *
   * @default - whether the program was called with `--quiet`
   */
  readonly quiet?: boolean;
}

/** What a construct is, in the words of a message. */
type Role =
  | 'construct'
  | 'control plane host'
  | 'cluster'
  | 'network'
  | 'namespace'
  | 'service'
  | 'ingress gateway'
  | 'route';

/**
 * One Istio mesh over several clusters: the root under which everything else is declared. Its `synth()` writes
 * a folder of manifests per cluster, the apply plan and `fleet.json`.
 *
 * @example
 * const mesh = new Mesh({ meshId: 'shop' });
 * const vpc = new Network(mesh, 'vpc');
 * new Cluster(mesh, 'frankfurt', { network: vpc, region: 'europe-west3', controlPlane: { role: 'primary' } });
 * mesh.synth();
 */
export class Mesh extends App {
  readonly meshId: string;
  readonly istioVersion: IstioVersion;
  readonly trustDomain: string;
  readonly mtls: 'STRICT' | 'PERMISSIVE';
  /** The namespace of Istio itself, and the root namespace of its configuration, in every cluster. */
  readonly systemNamespace = 'istio-system';
  readonly dataPlane: 'sidecar' | 'ambient';
  readonly revision?: string;
  readonly canary?: CanaryControlPlane;
  readonly installer: Installer;
  readonly values: IstioValues;
  readonly quiet: boolean;
  private facts?: Map<object, unknown>;

  /**
   * @throws ModelError if the mesh ID or trust domain can't be used, or the Istio version is not supported.
   */
  constructor(props: MeshProps = {}) {
    super({ outdir: props.outdir ?? process.env.CDK8S_OUTDIR ?? 'dist' });
    this.meshId = props.meshId ?? 'mesh1';
    this.istioVersion = props.istioVersion ?? DEFAULT_ISTIO_VERSION;
    this.trustDomain = props.trustDomain ?? 'cluster.local';
    this.mtls = props.mtls ?? 'STRICT';
    this.dataPlane = props.dataPlane ?? 'sidecar';
    this.revision = props.revision;
    this.canary = props.canary;
    this.installer = props.installer ?? 'helm';
    this.values = props.values ?? {};
    this.quiet = props.quiet ?? process.argv.includes('--quiet');
    refuse([...identityProblems(this), ...versionProblems(this), ...revisionProblems(this)]);
  }

  /** The clusters, sorted by name. */
  get clusters(): readonly Cluster[] {
    return this.all(Cluster.isCluster, cluster => cluster.clusterName);
  }

  /** The hosts of external control planes, sorted by name. */
  get controlPlaneHosts(): readonly ControlPlaneHost[] {
    return this.all(ControlPlaneHost.isControlPlaneHost, host => host.hostName);
  }

  /** The networks, sorted by name. */
  get networks(): readonly Network[] {
    return this.all(Network.isNetwork, network => network.networkName);
  }

  /** The namespaces for applications, sorted by name. */
  get namespaces(): readonly MeshNamespace[] {
    return this.all(MeshNamespace.isMeshNamespace, namespace => namespace.namespaceName);
  }

  /** The mesh services, sorted by namespace and name. */
  get services(): readonly MeshService[] {
    return this.all(MeshService.isMeshService, service => service.key);
  }

  /** The ingress gateways, sorted by name. */
  get ingressGateways(): readonly IngressGateway[] {
    return this.all(IngressGateway.isIngressGateway, gateway => gateway.gatewayName);
  }

  /** The ingress routes, sorted by namespace and name. */
  get ingressRoutes(): readonly IngressRoute[] {
    return this.all(
      IngressRoute.isIngressRoute,
      ({ namespace, routeName }) => `${namespace.namespaceName}/${routeName}`,
    );
  }

  /** What is declared once and rendered into clusters, in the order of declaration. */
  get renderables(): readonly ClusterRenderable[] {
    return this.all(isClusterRenderable, () => '');
  }

  /** What writes files of its own from the apply plan. */
  get planRenderables(): readonly PlanRenderable[] {
    return this.all(isPlanRenderable, construct => construct.node.path);
  }

  /** Everything resolved; only while rendering, when all of the mesh has been declared. */
  get model(): MeshModel {
    return this.derived(resolveModel, () => resolveModel(this));
  }

  /** Finds a cluster by name, or takes it as it is. Nothing if there is none of that name. */
  findCluster(ref: ClusterRef): Cluster | undefined {
    if (typeof ref !== 'string') return ref;
    const byName = () => new Map(this.clusters.map(cluster => [cluster.clusterName, cluster]));
    return this.derived(Cluster, byName).get(ref);
  }

  /**
   * The cluster that is meant.
   *
   * @throws Error if there is no cluster of that name; `synth()` reports that for every place before.
   */
  cluster(ref: ClusterRef): Cluster {
    const found = this.findCluster(ref);
    if (!found) throw new Error(`The mesh has no cluster '${ref}'.`);
    return found;
  }

  /** The clusters that are meant, each once, sorted by name. Names that don't exist are left out. */
  sortedClusters(refs: readonly ClusterRef[]): readonly Cluster[] {
    const meant = new Set(refs.map(ref => this.findCluster(ref)));
    return this.clusters.filter(cluster => meant.has(cluster));
  }

  /**
   * Renders every cluster, one after the other, by name: what has been used can be let go.
   *
   * @throws ModelError with everything that is wrong with the mesh as a whole.
   */
  *render(): Generator<RenderedCluster, void, undefined> {
    const outermost = this.facts === undefined;
    this.facts ??= new Map();
    try {
      const problems = meshProblems(this);
      if (problems.length > 0) throw new ModelError(problems);
      for (const cluster of this.clusters) yield renderCluster(this, cluster);
    } finally {
      if (outermost) this.facts = undefined;
    }
  }

  /**
   * Writes dist: the manifests and Helm values of every cluster, the apply plan, and last `fleet.json`. An
   * error leaves what was there before.
   *
   * cdk8s's own `App.synth` resolves the whole app again for each chart; this one resolves each object once.
   *
   * @throws ModelError with everything that is wrong with the mesh as a whole.
   */
  override synth(): void {
    this.facts = new Map();
    try {
      writeDist(this, this.outdir);
    } finally {
      this.facts = undefined;
    }
  }

  /**
   * A fact about the mesh as a whole, which is derived once while the mesh is rendered: until then something may
   * still be declared.
   */
  derived<T>(key: object, derive: () => T): T {
    if (!this.facts) return derive();
    if (!this.facts.has(key)) this.facts.set(key, derive());
    return this.facts.get(key) as T;
  }

  private all<T extends IConstruct>(is: (c: IConstruct) => c is T, name: (c: T) => string): readonly T[] {
    return this.derived(is, () => {
      const declared = this.derived(declaredBelow, () => declaredBelow(this));
      return declared.filter(is).sort((a, b) => byText(name(a), name(b)));
    });
  }

  /**
   * The mesh that a construct is declared in.
   *
   * @throws Error if its root is something else.
   */
  static override of(construct: IConstruct): Mesh {
    const { root } = construct.node;
    if (root instanceof Mesh) return root;
    throw new Error(
      `${construct.node.path || 'the root'} is not in a Mesh: create a Mesh and declare it below.`,
    );
  }

  /** The problem that something of that kind and name exists already, or none. */
  static duplicateProblem(scope: Construct, id: string, role: Role): Problem[] {
    const taken = scope.node.tryFindChild(id);
    if (!taken) return [];
    return [
      {
        path: taken.node.path,
        what: `the ${role} '${id}' has the name of something that is declared in ${scope.node.path || 'the mesh'} already`,
        why: 'a name stands for one thing, in the tree, in Istio and in dist',
        fix: 'Rename one of the two, or remove it.',
      },
    ];
  }
}

function identityProblems(mesh: Mesh): Problem[] {
  const parts = mesh.trustDomain.split('.');
  return [
    ...dnsLabelProblem('mesh', 'mesh ID', mesh.meshId, 'it is a label value in telemetry'),
    ...parts.flatMap(part =>
      dnsLabelProblem(
        'mesh',
        `trust domain '${mesh.trustDomain}': part`,
        part,
        'a SPIFFE trust domain is a DNS name',
      ),
    ),
  ];
}

function versionProblems(mesh: Mesh): Problem[] {
  if (istioRelease(mesh.istioVersion)) return [];
  return [
    {
      path: 'mesh',
      what: `Istio ${mesh.istioVersion} is not supported`,
      why: 'values, ports and behaviour are known for the supported minor versions only',
      fix: `Use a release of ${SUPPORTED_MINORS.join(', ')}, such as ${DEFAULT_ISTIO_VERSION}.`,
    },
  ];
}

/** Everything below a mesh but what is inside of clusters, in the order of declaration. */
function declaredBelow(construct: IConstruct): IConstruct[] {
  return construct.node.children.flatMap(child =>
    Cluster.isCluster(child) ? [child] : [child, ...declaredBelow(child)],
  );
}
