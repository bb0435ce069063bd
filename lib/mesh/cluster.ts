import { isIP } from 'node:net';
import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import type { Problem } from '../errors';
import type { EastWestGateway, Installer } from '../install/settings';
import type { IstioValues } from '../install/values';
import { parseCidr } from './cidr';
import type { ControlPlane } from './control-plane';
import { Mesh } from './mesh';
import { dnsLabelProblem, isDnsName, refuse } from './names';
import type { NetworkRef } from './network';

/** What kind of Kubernetes a cluster is: decides the annotations of internal load balancers. */
export type Platform = 'gke' | 'eks' | 'aks' | 'openshift' | 'kind' | 'other';

/** Describes one Kubernetes cluster of the mesh. */
export interface ClusterProps {
  /**
   * The kube context that the apply plan uses.
   *
   * @default - the cluster's name
   */
  readonly context?: string;
  /** The network that its pods are on; a network, or its name. */
  readonly network: NetworkRef;
  /** The region, as its nodes carry it in `topology.kubernetes.io/region`. */
  readonly region: string;
  /**
   * The zones of its nodes, as in `topology.kubernetes.io/zone`.
   *
   * @default - not known; analysis and traffic then treat the cluster as one zone
   */
  readonly zones?: readonly string[];
  /**
   * The ranges that its pods get addresses from. Ranges of clusters on one network must not overlap.
   *
   * @default - not known, nothing is checked
   */
  readonly podCidrs?: readonly string[];
  /** @default 'other' */
  readonly platform?: Platform;
  /** Which istiod serves the cluster: its own (primary), another's (remote), or one outside of the mesh (external). */
  readonly controlPlane: ControlPlane;
  /**
   * The URL at which other clusters reach its API server, for the remote secret.
   *
   * @default - the server of the kube context, read when the plan is applied
   */
  readonly apiServer?: string;
  /**
   * Labels of the cluster itself, for placement by selector.
   *
   * @default {}
   */
  readonly labels?: Readonly<Record<string, string>>;
  /**
   * What installs Istio on it.
   *
   * @default - as the mesh says
   */
  readonly installer?: Installer;
  /**
   * Values for its control plane, merged over the mesh's and over what follows from the model. What the
   * topology needs (names, networks, addresses) can't be overwritten.
   *
   * @default {}
   */
  readonly values?: IstioValues;
  /**
   * Its east-west gateway, where it has one.
   *
   * @default - of the gateway chart with the installer 'helm', else of plain manifests; in an ambient mesh of
   * the Gateway API
   */
  readonly eastWestGateway?: EastWestGateway;
}

/** A cluster, or its name (which may be declared later). */
export type ClusterRef = Cluster | string;

/** The roles of {@link ControlPlane}, for programs that aren't type-checked. */
const ROLES: readonly ControlPlane['role'][] = ['primary', 'remote', 'external'];

/** Names that would collide with something else in dist or in Istio. */
const RESERVED: Readonly<Record<string, string>> = {
  argocd: 'dist/argocd is the folder of the Argo CD objects',
  default: "Istio's analyzers take the cluster ID 'default' for no cluster at all",
};

/**
 * One Kubernetes cluster of the mesh. The construct's id is the cluster's name everywhere: Istio's
 * `clusterName`, the key in the remote secret, the value of `topology.istio.io/cluster`, the folder in dist.
 *
 * It is a cdk8s chart: any construct or chart may be put under it and ends in its folder.
 *
 * @example
 * new Cluster(mesh, 'frankfurt', { network: vpc, region: 'europe-west3', controlPlane: { role: 'primary' } });
 */
export class Cluster extends Chart {
  readonly clusterName: string;
  readonly context: string;
  readonly region: string;
  readonly zones: readonly string[];
  readonly podCidrs: readonly string[];
  readonly platform: Platform;
  readonly controlPlane: ControlPlane;
  readonly clusterLabels: Readonly<Record<string, string>>;
  readonly apiServer?: string;
  readonly networkRef: NetworkRef;
  readonly installer?: Installer;
  readonly values: IstioValues;
  readonly eastWestGateway: EastWestGateway;

  /**
   * @throws Error if the scope is in no Mesh.
   * @throws ModelError if the name is no DNS-1123 label, is taken or is reserved; if a pod range is no IP
   * range; if the control plane has no known role, the context is empty or the API server no URL; if the address of a control plane is neither an IP address nor a DNS name.
   */
  constructor(scope: Construct, id: string, props: ClusterProps) {
    Mesh.of(scope);
    refuse([...nameProblems(scope, id), ...propProblems(id, props)]);
    super(scope, id, { disableResourceNameHashes: true });
    this.clusterName = id;
    this.context = props.context ?? id;
    this.region = props.region;
    this.zones = props.zones ?? [];
    this.podCidrs = props.podCidrs ?? [];
    this.platform = props.platform ?? 'other';
    this.controlPlane = props.controlPlane;
    this.clusterLabels = props.labels ?? {};
    this.apiServer = props.apiServer;
    this.networkRef = props.network;
    this.installer = props.installer;
    this.values = props.values ?? {};
    this.eastWestGateway = props.eastWestGateway ?? {};
  }

  /** The name of its network. */
  get networkName(): string {
    return typeof this.networkRef === 'string' ? this.networkRef : this.networkRef.networkName;
  }

  /** Whether its istiod runs in it. */
  get isPrimary(): boolean {
    return this.controlPlane.role === 'primary';
  }

  /** Whether some istiod reads VirtualService, DestinationRule and the rest from it. */
  get isConfigCluster(): boolean {
    return this.controlPlane.role !== 'remote';
  }

  /**
   * The cluster whose istiod serves its proxies, and from which that istiod reads its configuration.
   * Call it when rendering: a primary may be declared after its remotes.
   */
  get configCluster(): Cluster {
    const plane = this.controlPlane;
    return plane.role === 'remote' ? Mesh.of(this).cluster(plane.primary) : this;
  }

  /** Whether a construct is a cluster. */
  static isCluster(construct: unknown): construct is Cluster {
    return construct instanceof Cluster;
  }
}

function nameProblems(scope: Construct, id: string): Problem[] {
  if (id === 'Kubernetes') {
    return [
      {
        path: id,
        what: "a cluster is called 'Kubernetes'",
        why: "that is Istio's default cluster ID, so two clusters that were never named would be taken for one",
        fix: 'Give the cluster a name of its own, such as its region.',
      },
    ];
  }
  const reserved = RESERVED[id];
  return [
    ...dnsLabelProblem(
      id,
      'cluster name',
      id,
      "istiod refuses other names as a remote secret's key, and it is a folder in dist",
    ),
    ...(reserved
      ? [{ path: id, what: `'${id}' can't name a cluster`, why: reserved, fix: 'Choose another name.' }]
      : []),
    ...Mesh.duplicateProblem(scope, id, 'cluster'),
  ];
}

function propProblems(path: string, props: ClusterProps): Problem[] {
  const problems: Problem[] = [];
  for (const text of props.podCidrs ?? []) {
    if (!parseCidr(text)) {
      problems.push({
        path,
        what: `pod range '${text}' is not an IP range`,
        why: 'overlaps with other clusters could not be found',
        fix: "Write it as '10.4.0.0/14'.",
      });
    }
  }
  if (!props.region) {
    problems.push({
      path,
      what: 'the region is empty',
      why: 'locality is region first: nothing could be said about failover or about what crosses regions',
      fix: "Give the value that its nodes carry in 'topology.kubernetes.io/region'.",
    });
  }
  if (!ROLES.includes(props.controlPlane?.role)) {
    return [
      ...problems,
      {
        path,
        what: `its control plane has the role '${props.controlPlane?.role}'`,
        why: 'nothing says which istiod serves it',
        fix: `Use one of: ${ROLES.join(', ')}.`,
      },
    ];
  }
  if (props.context === '') {
    problems.push({
      path,
      what: 'the kube context is empty',
      why: 'the apply plan could not tell kubectl which cluster to change',
      fix: "Name a context, or leave it out for the cluster's name.",
    });
  }
  if (props.apiServer !== undefined && !/^https?:\/\/[^\s/]+/.test(props.apiServer)) {
    problems.push({
      path,
      what: `the API server '${props.apiServer}' is not a URL`,
      why: 'the remote secret could not be read by an istiod',
      fix: "Write 'https://10.0.0.2' or 'https://api.example.com:6443'.",
    });
  }
  const zones = props.zones ?? [];
  const twice = zones.find((zone, index) => zones.indexOf(zone) !== index);
  if (twice !== undefined) {
    problems.push({
      path,
      what: `zone '${twice}' is listed twice`,
      why: 'shares are counted by zone',
      fix: 'List each zone once.',
    });
  }
  problems.push(...addressProblems(path, props));
  if (/[\t\n]/.test(props.context ?? '')) {
    problems.push({
      path,
      what: 'the kube context holds a tab or a line break',
      why: 'the apply plan is separated by tabs',
      fix: 'Rename the context.',
    });
  }
  return problems;
}

/** Addresses that nothing could reach, or that Istio can't use. */
function addressProblems(path: string, { controlPlane: plane, eastWestGateway }: ClusterProps): Problem[] {
  const problems: Problem[] = [];
  const address = plane.role === 'remote' ? undefined : plane.address;
  if (plane.role === 'external' && isIP(plane.address) !== 0) {
    problems.push({
      path,
      what: `the address of its external istiod is the IP address '${plane.address}'`,
      why: 'API servers and proxies check the certificate of istiod, which holds DNS names only',
      fix: "Give a DNS name that leads to the load balancer of the host's Service 'istiod-external'.",
    });
  } else if (address !== undefined && isIP(address) === 0 && !isDnsName(address)) {
    problems.push({
      path,
      what: `the istiod address '${address}' is neither an IP address nor a DNS name`,
      why: 'remote clusters could not reach istiod',
      fix: "Give a static IP such as '10.0.0.10', or a name such as 'istiod.example.com', without scheme or port.",
    });
  }
  const own = eastWestGateway?.address;
  if (own !== undefined && isIP(own) === 0) {
    problems.push({
      path,
      what: `the address '${own}' of its east-west gateway is not an IP address`,
      why: 'a load balancer can be given an IP address; a name is an entry in DNS',
      fix: 'Give a static IP, or leave it out: istiod finds out what the load balancer gets, a host name included.',
    });
  }
  return problems;
}
