import { CLASS_WAYPOINT, GLOBAL_LABEL, PORT_HBONE, REVISION_LABEL } from '../install/names';
import type { Manifest } from '../manifest';
import { Mesh } from './mesh';
import type { MeshNamespace } from './namespace';

/** The waypoint of a namespace; it has this name in every cluster, because istiod compares them by name. */
export const WAYPOINT = 'waypoint';

/** Whether requests to a namespace's services pass through a waypoint. */
export function hasWaypoint(namespace: MeshNamespace): boolean {
  if (Mesh.of(namespace).dataPlane !== 'ambient') return false;
  return namespace.waypoint ?? whatNeedsWaypoint(namespace) !== undefined;
}

/**
 * What in a namespace only a waypoint can do: ztunnel knows neither routes by request nor DestinationRules.
 * A zone is preferred by the Service itself, which ztunnel does obey.
 */
export function whatNeedsWaypoint(namespace: MeshNamespace): string | undefined {
  for (const service of Mesh.of(namespace).services) {
    if (service.namespace !== namespace) continue;
    if (service.props.routes) return `the routes of '${service.key}'`;
    const { mode } = service.locality;
    if (mode === 'failover' || mode === 'distribute')
      return `the locality policy '${mode}' of '${service.key}'`;
  }
  return undefined;
}

/**
 * The Gateway of a waypoint. Its Service has to be global like the services behind it, else the other clusters
 * would not send through it.
 *
 * @see https://github.com/istio/istio/blob/release-1.31/pilot/pkg/serviceregistry/ambient
 */
export function waypointGateway(namespace: MeshNamespace): Manifest {
  const { revision } = Mesh.of(namespace);
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'Gateway',
    metadata: {
      name: WAYPOINT,
      namespace: namespace.namespaceName,
      labels: {
        [GLOBAL_LABEL]: 'true',
        'istio.io/waypoint-for': 'service',
        ...(revision ? { [REVISION_LABEL]: revision } : {}),
      },
    },
    spec: {
      gatewayClassName: CLASS_WAYPOINT,
      listeners: [{ name: 'mesh', port: PORT_HBONE, protocol: 'HBONE' }],
    },
  };
}
