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
  Service,
  ServiceAccount,
  Volume,
} from 'cdk8s-plus-27';
import { GLOBAL_LABEL } from '../install/names';
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
  const facts = Mesh.of(service).model.services.get(service)!;
  if (!facts.nameClusters.has(target.cluster)) return;
  const chart = target.chart('applications');
  addService(service, chart);
  if (!facts.clusters.has(target.cluster)) return;
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

function addService(service: MeshService, chart: Chart): void {
  const { namespace, labels } = where(service);
  // In an ambient mesh the endpoints of other clusters count only for Services that are global everywhere.
  const scope: Record<string, string> =
    Mesh.of(service).dataPlane === 'ambient' ? { [GLOBAL_LABEL]: 'true' } : {};
  const object = new Service(chart, `${service.key}/service`, {
    metadata: { namespace, labels: { ...labels, ...scope }, name: service.serviceName },
    ports: service.props.ports.map(({ name, port, targetPort }) => ({
      name,
      port,
      targetPort: targetPort ?? port,
    })),
  });
  object.selectLabel('app', service.serviceName);
  const distribution = trafficDistribution(service.locality);
  const patches = [JsonPatch.remove('/spec/externalIPs')];
  if (distribution) patches.push(JsonPatch.add('/spec/trafficDistribution', distribution));
  ApiObject.of(object).addJsonPatch(...patches);
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
