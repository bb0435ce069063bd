import { Construct } from 'constructs';
import type { Problem } from '../errors';
import { Cluster } from './cluster';
import { type LocalityPolicy, localityProblems } from './locality';
import { Mesh } from './mesh';
import { dnsLabelProblem, refuse, sortedEntries } from './names';
import type { MeshNamespace } from './namespace';
import type { ClusterRenderable, ClusterTarget } from './renderable';
import { renderServiceConfig } from './service-config';
import { cpuProblems, portNameProblems, serviceNameProblems, versionInputProblems } from './service-input';
import type {
  Autoscaling,
  MeshServiceProps,
  ServiceVersion,
  VersionRoute,
  WorkloadSettings,
} from './service-props';
import { renderWorkloads } from './service-workloads';

/**
 * One service of the mesh with its versions, placed on clusters. What follows from it: Deployments and
 * ServiceAccounts where versions are placed; the Service wherever a client may need its name; and, in the
 * config clusters, its subsets, who may call it and what it may call.
 *
 * @example
 * new MeshService(bookinfo, 'reviews', {
 *   ports: [{ name: 'http', port: 9080 }],
 *   calls: ['ratings'],
 *   versions: { v1: { image: 'example/reviews:1', placement: ['frankfurt'] } },
 * });
 */
export class MeshService extends Construct implements ClusterRenderable {
  readonly serviceName: string;
  readonly namespace: MeshNamespace;
  readonly props: MeshServiceProps;

  /**
   * @throws ModelError if a name is one that Kubernetes refuses or is taken; without ports or versions; for a
   * version without an image, or placed on no cluster or on one of another mesh; for autoscaling without bounds
   * or a CPU request; for routes to versions that don't exist or
   * with weights that don't add up; for a locality policy that Istio would refuse.
   */
  constructor(scope: MeshNamespace, id: string, props: MeshServiceProps) {
    const path = `${scope.namespaceName}/${id}`;
    const mesh = Mesh.of(scope);
    refuse([
      ...dnsLabelProblem(path, 'service name', id, 'Kubernetes refuses it'),
      ...serviceNameProblems(path, id),
      ...Mesh.duplicateProblem(scope, id, 'service'),
      ...portProblems(path, props),
      ...versionProblems(path, props, mesh),
      ...(props.routes ?? []).flatMap(route => routeProblems(path, route, props)),
      ...(props.locality ? localityProblems(path, props.locality) : []),
      ...(props.serviceAccount === undefined
        ? []
        : dnsLabelProblem(path, 'service account', props.serviceAccount, 'Kubernetes refuses it')),
    ]);
    super(scope, id);
    this.serviceName = id;
    this.namespace = scope;
    this.props = props;
  }

  /** `namespace/name`. */
  get key(): string {
    return `${this.namespace.namespaceName}/${this.serviceName}`;
  }

  /** The host name that proxies know it by. */
  get host(): string {
    return `${this.serviceName}.${this.namespace.namespaceName}.svc.cluster.local`;
  }

  get serviceAccountName(): string {
    return this.props.serviceAccount ?? this.serviceName;
  }

  get locality(): LocalityPolicy {
    return this.props.locality ?? { mode: 'spread' };
  }

  /** The versions, sorted by name. */
  get versions(): [string, ServiceVersion][] {
    return sortedEntries(this.props.versions);
  }

  /** What holds for a version on a cluster: its own settings with the cluster's override merged over them. */
  settings(version: string, cluster: Cluster): ServiceVersion {
    const base = this.props.versions[version];
    const override = base.overrides?.[cluster.clusterName];
    return override ? { ...base, ...override, env: { ...base.env, ...override.env } } : base;
  }

  renderInto(target: ClusterTarget): void {
    renderWorkloads(this, target);
    renderServiceConfig(this, target);
  }

  /** Whether a construct is a mesh service. */
  static isMeshService(construct: unknown): construct is MeshService {
    return construct instanceof MeshService;
  }
}

function portProblems(path: string, props: MeshServiceProps): Problem[] {
  const problems: Problem[] = [];
  if (props.ports.length === 0) {
    problems.push({
      path,
      what: 'the service has no port',
      why: 'Kubernetes refuses a Service without one',
      fix: "Give at least one, such as { name: 'http', port: 80 }.",
    });
  }
  const names = new Set<string>();
  const numbers = new Set<number>();
  for (const { name, port, targetPort } of props.ports) {
    if (names.has(name) || numbers.has(port)) {
      problems.push({
        path,
        what: `port ${name} (${port}) repeats the name or number of another port`,
        why: 'Istio matches endpoints by port name and gateways by port number',
        fix: 'Give each port its own name and number.',
      });
    }
    for (const number of [port, targetPort ?? port]) {
      if (!Number.isInteger(number) || number < 1 || number > 65535) {
        problems.push({
          path,
          what: `port ${name} has the number ${number}`,
          why: 'port numbers go from 1 to 65535',
          fix: 'Give a port number.',
        });
      }
    }
    problems.push(...dnsLabelProblem(path, 'port name', name, 'Kubernetes refuses it'));
    problems.push(...portNameProblems(path, name));
    names.add(name);
    numbers.add(port);
  }
  return problems;
}

function versionProblems(path: string, props: MeshServiceProps, mesh: Mesh): Problem[] {
  const versions = sortedEntries(props.versions);
  if (versions.length === 0) {
    return [
      {
        path,
        what: 'the service has no version',
        why: 'nothing would answer',
        fix: "Give at least one, such as v1: { image, placement: 'everywhere' }.",
      },
    ];
  }
  return versions.flatMap(([name, version]) => [
    ...dnsLabelProblem(path, 'version', name, 'it names a subset and a part of the Deployment'),
    ...versionInputProblems(path, name, version),
    ...placementProblems(path, name, version, mesh),
    ...settingsProblems(path, `version ${name}`, version),
    ...fixedAndScaled(path, `version ${name}`, version),
    ...sortedEntries(version.overrides ?? {}).flatMap(([cluster, settings]) => [
      ...settingsProblems(path, `version ${name} on ${cluster}`, { ...version, ...settings }),
      ...fixedAndScaled(path, `version ${name} on ${cluster}`, settings),
    ]),
  ]);
}

function placementProblems(path: string, name: string, version: ServiceVersion, mesh: Mesh): Problem[] {
  const { placement } = version;
  if (!Array.isArray(placement)) return [];
  if (placement.length === 0) {
    return [
      {
        path,
        what: `version ${name} is placed on no cluster`,
        why: 'its subset would have no endpoint, and requests sent to it fail',
        fix: 'Name a cluster in its placement, or leave the version out.',
      },
    ];
  }
  return placement
    .filter((ref): ref is Cluster => Cluster.isCluster(ref) && Mesh.of(ref) !== mesh)
    .map(cluster => ({
      path,
      what: `version ${name} is placed on cluster '${cluster.clusterName}' of another mesh`,
      why: 'a service can only run on clusters of its own mesh',
      fix: 'Place it on a cluster that was created under the same Mesh.',
    }));
}

function settingsProblems(path: string, where: string, settings: WorkloadSettings): Problem[] {
  const problems: Problem[] = [];
  if (settings.replicas !== undefined && (!Number.isInteger(settings.replicas) || settings.replicas < 0)) {
    problems.push({
      path,
      what: `${where} has ${settings.replicas} replicas`,
      why: 'replicas are a whole number from 0',
      fix: 'Give a whole number.',
    });
  }
  return [
    ...problems,
    ...autoscalingProblems(path, where, settings.autoscaling),
    ...cpuProblems(path, where, settings),
  ];
}

/** Replicas and autoscaling in one place; an override may well scale what is fixed elsewhere. */
function fixedAndScaled(path: string, where: string, { replicas, autoscaling }: WorkloadSettings): Problem[] {
  if (replicas === undefined || autoscaling === undefined) return [];
  return [
    {
      path,
      what: `${where} has ${replicas} replicas and an autoscaler`,
      why: 'the autoscaler decides over the replicas, so the number would have no effect',
      fix: 'Give the number as minReplicas of the autoscaler, or leave one of the two out.',
    },
  ];
}

function autoscalingProblems(path: string, where: string, autoscaling?: Autoscaling): Problem[] {
  if (!autoscaling) return [];
  const { minReplicas = 1, maxReplicas } = autoscaling;
  if (
    Number.isInteger(minReplicas) &&
    Number.isInteger(maxReplicas) &&
    minReplicas >= 1 &&
    minReplicas <= maxReplicas
  ) {
    return [];
  }
  return [
    {
      path,
      what: `${where} scales from ${minReplicas} to ${maxReplicas} replicas`,
      why: 'a HorizontalPodAutoscaler needs whole numbers, a minimum of at least 1 and a maximum not below it',
      fix: 'Give such bounds.',
    },
  ];
}

function routeProblems(path: string, route: VersionRoute, props: MeshServiceProps): Problem[] {
  const problems: Problem[] = [];
  const weights = sortedEntries(route.to);
  for (const [version, weight] of weights) {
    if (!Object.hasOwn(props.versions, version)) {
      problems.push({
        path,
        what: `a route goes to version '${version}', which doesn't exist`,
        why: 'requests of that share would fail with 503, because the subset is missing',
        fix: `Use one of ${Object.keys(props.versions).sort().join(', ')}.`,
      });
    }
    if (!Number.isInteger(weight) || weight < 0 || weight > 100) {
      problems.push({
        path,
        what: `a route gives version '${version}' the weight ${weight}`,
        why: 'weights are whole percentages from 0 to 100',
        fix: 'Give such a number.',
      });
    }
  }
  const total = weights.reduce((sum, [, weight]) => sum + weight, 0);
  if (total !== 100) {
    problems.push({
      path,
      what: `the weights of a route add up to ${total}`,
      why: 'Envoy would scale them silently, and the split would not be the one that is written',
      fix: 'Make them add up to 100.',
    });
  }
  return problems;
}
