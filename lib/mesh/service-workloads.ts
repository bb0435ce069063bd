import type { Chart } from 'cdk8s';
import { ApiObject, JsonPatch, Size } from 'cdk8s';
import {
  type ContainerResources,
  Cpu,
  Deployment,
  EnvValue,
  HorizontalPodAutoscaler,
  ImagePullPolicy,
  LabelSelector,
  Metric,
  MetricTarget,
  ServiceAccount,
  Volume,
} from 'cdk8s-plus-27';
import { GLOBAL_LABEL } from '../install/names';
import type { Manifest } from '../manifest';
import { trafficDistribution } from './locality';
import { Mesh } from './mesh';
import { sortedEntries } from './names';
import type { ClusterTarget } from './renderable';
import type { MeshService } from './service';

/** What every pod needs for Pod Security "restricted" and cdk8s-plus-27 has no prop for. */
const RUNTIME_DEFAULT = { type: 'RuntimeDefault' };

/** Enough to be scheduled and scaled by; no limit, so that nothing is throttled that nobody measured. */
const DEFAULT_RESOURCES: ContainerResources = {
  cpu: { request: Cpu.millis(100) },
  memory: { request: Size.mebibytes(128) },
};

/**
 * Adds what a service has on one cluster: the Service where its name must resolve, a ServiceAccount and a
 * Deployment per version where it is placed.
 */
export function renderWorkloads(service: MeshService, target: ClusterTarget): void {
  const { model } = Mesh.of(service);
  const facts = model.services.get(service)!;
  if (!facts.nameClusters.has(target.cluster)) return;
  target.add(
    'applications',
    model.once(facts, () => serviceManifest(service)),
  );
  if (!facts.clusters.has(target.cluster)) return;
  const chart = target.chart('applications');
  new ServiceAccount(chart, `${service.key}/service-account`, {
    metadata: { ...where(service), name: service.serviceAccountName },
  });
  for (const [version] of service.versions) {
    if (facts.placements.get(version)!.includes(target.cluster))
      addDeployment(service, version, target, chart);
  }
}

function where(service: MeshService) {
  return { namespace: service.namespace.namespaceName, labels: { app: service.serviceName } };
}

/**
 * The Service, the same object for every cluster. It is plain data, because cdk8s-plus-27 drops fields that
 * are younger than Kubernetes 1.27, such as `trafficDistribution`, and patches of them too (cdk8s#2172).
 */
function serviceManifest(service: MeshService): Manifest {
  const { namespace, labels } = where(service);
  // In an ambient mesh the endpoints of other clusters count only for Services that are global everywhere.
  const scope: Record<string, string> =
    Mesh.of(service).dataPlane === 'ambient' ? { [GLOBAL_LABEL]: 'true' } : {};
  const distribution = trafficDistribution(service.locality);
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { labels: { ...labels, ...scope }, name: service.serviceName, namespace },
    spec: {
      ports: service.props.ports.map(({ name, port, targetPort }) => ({
        name,
        port,
        targetPort: targetPort ?? port,
      })),
      selector: { app: service.serviceName },
      ...(distribution ? { trafficDistribution: distribution } : {}),
      type: 'ClusterIP',
    },
  };
}

function addDeployment(service: MeshService, version: string, target: ClusterTarget, chart: Chart): void {
  const settings = service.settings(version, target.cluster);
  const labels = { app: service.serviceName, version };
  const name = `${service.serviceName}-${version}`;
  const path = `${service.key}/${version}`;
  const deployment = new Deployment(chart, path, {
    metadata: { name, namespace: service.namespace.namespaceName, labels },
    podMetadata: { labels },
    select: false,
    replicas: settings.autoscaling ? undefined : (settings.replicas ?? 1),
    serviceAccount: ServiceAccount.fromServiceAccountName(
      chart,
      `${path}/account`,
      service.serviceAccountName,
    ),
  });
  deployment.select(LabelSelector.of({ labels }));
  const { readiness, liveness } = service.props;
  const container = deployment.addContainer({
    name: service.serviceName,
    image: settings.image,
    imagePullPolicy: pullPolicy(settings.image),
    ports: service.props.ports.map(({ name, port, targetPort }) => ({ name, number: targetPort ?? port })),
    envVariables: Object.fromEntries(
      sortedEntries(settings.env ?? {}).map(([key, value]) => [key, EnvValue.fromValue(value)]),
    ),
    resources: settings.resources ?? DEFAULT_RESOURCES,
    readiness,
    liveness,
    securityContext: { readOnlyRootFilesystem: !service.props.writableRootFilesystem },
  });
  for (const [volume, mountPath] of sortedEntries(service.props.scratch ?? { tmp: '/tmp' })) {
    container.mount(mountPath, Volume.fromEmptyDir(chart, `${path}/${volume}`, volume));
  }
  ApiObject.of(deployment).addJsonPatch(
    // cdk8s-plus-27 adds a label made of a hash, which nothing selects here.
    JsonPatch.remove('/spec/template/metadata/labels/cdk8s.io~1metadata.addr'),
    JsonPatch.add('/spec/template/spec/securityContext/seccompProfile', RUNTIME_DEFAULT),
    JsonPatch.add('/spec/template/spec/containers/0/securityContext/capabilities', { drop: ['ALL'] }),
  );
  if (settings.autoscaling) {
    const { minReplicas = 1, maxReplicas, cpuPercent = 80 } = settings.autoscaling;
    new HorizontalPodAutoscaler(chart, `${path}/autoscaler`, {
      metadata: { name, namespace: service.namespace.namespaceName, labels },
      target: deployment,
      minReplicas,
      maxReplicas,
      metrics: [Metric.resourceCpu(MetricTarget.averageUtilization(cpuPercent))],
    });
  }
  service.props.customize?.(deployment, version, target.cluster);
}

/** A tag that names a version is pulled once; `latest`, or none, each time. */
function pullPolicy(image: string): ImagePullPolicy {
  const tag = /:([^/:]+)$/.exec(image)?.[1];
  const pinned = image.includes('@') || (tag !== undefined && tag !== 'latest');
  return pinned ? ImagePullPolicy.IF_NOT_PRESENT : ImagePullPolicy.ALWAYS;
}
