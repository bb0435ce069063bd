import type { Layer } from '../layer';
import type { Manifest } from '../manifest';
import type { Cluster } from '../mesh/cluster';
import type { ControlPlaneHost } from '../mesh/control-plane-host';
import { Mesh } from '../mesh/mesh';
import { type HelmRelease, hostReleases } from './helm';
import { EXTERNAL_SERVICE, ISTIOD, PORT_ISTIOD, PORT_WEBHOOK, REVISION_LABEL } from './names';
import { revisionsOf } from './revisions';

/** Everything that the host of an external control plane gets. */
export interface RenderedHost {
  readonly host: ControlPlaneHost;
  /** The config cluster that its istiod serves. */
  readonly configCluster: Cluster;
  readonly layers: ReadonlyMap<Layer, readonly Manifest[]>;
  readonly releases: readonly HelmRelease[];
}

/** The hosts of a mesh with what they get, sorted by name; a host that serves nobody is an error before. */
export function renderHosts(mesh: Mesh): RenderedHost[] {
  return mesh.controlPlaneHosts.flatMap(host => {
    const configCluster = servedBy(host);
    if (!configCluster) return [];
    return [
      {
        host,
        configCluster,
        layers: new Map<Layer, readonly Manifest[]>([
          ['namespaces', [namespace(mesh)]],
          ['istio', [externalService(mesh)]],
        ]),
        releases: hostReleases(configCluster),
      },
    ];
  });
}

/** The config cluster whose istiod a host runs. */
export function servedBy(host: ControlPlaneHost): Cluster | undefined {
  return Mesh.of(host).clusters.find(
    ({ controlPlane }) => controlPlane.role === 'external' && controlPlane.host === host,
  );
}

function namespace(mesh: Mesh): Manifest {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name: mesh.systemNamespace } };
}

/**
 * A load balancer for istiod itself, as Istio's own tests reach an external one: its certificate holds the DNS
 * name, so nothing in between needs to end TLS.
 *
 * @see https://github.com/istio/istio/blob/release-1.31/tests/integration/iop-externalistiod-primary-integration-test-defaults.yaml
 */
function externalService(mesh: Mesh): Manifest {
  const [{ name: revision }] = revisionsOf(mesh);
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: EXTERNAL_SERVICE, namespace: mesh.systemNamespace, labels: { app: ISTIOD } },
    spec: {
      type: 'LoadBalancer',
      selector: { app: ISTIOD, ...(revision ? { [REVISION_LABEL]: revision } : { istio: 'pilot' }) },
      ports: [
        { name: 'tls-xds', port: PORT_ISTIOD, targetPort: PORT_ISTIOD, protocol: 'TCP' },
        { name: 'tls-webhook', port: PORT_WEBHOOK, targetPort: PORT_WEBHOOK, protocol: 'TCP' },
      ],
    },
  };
}
