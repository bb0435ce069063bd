import { stringAt } from '../../fleet/plain';
import { at, atRelease, type Check } from '../types';

const GLOBAL = 'istio.io/global';
const USE_WAYPOINT = 'istio.io/use-waypoint';

/** Whether ambient clusters agree on what is shared, and ztunnel knows where it is. */
export const ambientScope: Check = {
  code: 'ISM0407',
  name: 'ambient-scope',
  severity: 'warning',
  summary:
    'In ambient mode a Service is global in every cluster or in none, its waypoint as well, and ztunnel knows its cluster and network.',
  why: 'Ambient keeps a service within its cluster unless it is global there: clients of one cluster reach all endpoints, those of another only their own.',
  fix: `Put the label ${GLOBAL}: "true" on the Service and on its waypoint in every cluster; set ztunnel’s multiCluster.clusterName and network.`,
  *run(view) {
    for (const host of view.hosts()) {
      const services = view.servicesOf(host);
      const isGlobal = (object: (typeof services)[number]) =>
        object.object.manifest.metadata.labels?.[GLOBAL] === 'true';
      const global = services.filter(isGlobal);
      if (global.length === 0) continue;
      for (const service of services) {
        if (!isGlobal(service)) {
          yield {
            at: at(service.object),
            message: `${host} is global in ${global.map(({ cluster }) => cluster).join(', ')}, but not here`,
            related: [at(global[0].object)],
          };
        }
        const waypoint = service.object.manifest.metadata.labels?.[USE_WAYPOINT];
        if (!isGlobal(service) || !waypoint || waypoint === 'none') continue;
        const own = view.fleet.find(
          service.cluster,
          'Gateway.gateway.networking.k8s.io',
          service.namespace,
          waypoint,
        );
        if (own && own.manifest.metadata.labels?.[GLOBAL] !== 'true') {
          yield {
            at: at(own),
            message: `is the waypoint of the global service ${host}, but not global itself`,
            related: [at(service.object)],
          };
        }
      }
    }
    if (view.fleet.clusters.length < 2) return;
    for (const release of view.fleet.helm.filter(({ name }) => name === 'ztunnel')) {
      const cluster =
        stringAt(release.values, 'multiCluster', 'clusterName') ??
        stringAt(release.values, 'global', 'multiCluster', 'clusterName');
      const network = stringAt(release.values, 'network') ?? stringAt(release.values, 'global', 'network');
      if (cluster !== release.cluster) {
        yield {
          at: atRelease(release),
          severity: 'error',
          message: `ztunnel reports itself as cluster "${cluster ?? 'Kubernetes'}", but is in "${release.cluster}"`,
        };
      }
      if (!network && view.networks.length > 1) {
        yield {
          at: atRelease(release),
          severity: 'error',
          message: 'ztunnel is given no network, in a mesh of several',
        };
      }
    }
  },
};
