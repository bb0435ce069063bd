import type { Manifest } from '../manifest';
import type { IngressRoute, IngressRule } from './ingress-route';
import { Mesh } from './mesh';
import { findService } from './model';
import type { ClusterTarget } from './renderable';
import { destinations, NETWORKING, requestMatch } from './service-config';
import type { VersionRoute } from './service-props';

/** Adds the Gateway and the VirtualService of a route to the config clusters of the gateway's clusters. */
export function renderIngressRoute(route: IngressRoute, target: ClusterTarget): void {
  if (!route.props.gateway.clusters.some(cluster => cluster.configCluster === target.cluster)) return;
  const manifests = Mesh.of(route).model.once(route, () => [gateway(route), virtualService(route)]);
  for (const manifest of manifests) target.add('routes', manifest);
}

function metadata(route: IngressRoute) {
  return { name: route.routeName, namespace: route.namespace.namespaceName };
}

function gateway(route: IngressRoute): Manifest {
  return {
    apiVersion: NETWORKING,
    kind: 'Gateway',
    metadata: metadata(route),
    spec: {
      selector: route.props.gateway.selector,
      servers: [
        {
          port: { number: route.props.port ?? 80, name: 'http', protocol: 'HTTP' },
          hosts: [...route.props.hosts],
        },
      ],
    },
  };
}

function virtualService(route: IngressRoute): Manifest {
  return {
    apiVersion: NETWORKING,
    kind: 'VirtualService',
    metadata: metadata(route),
    spec: {
      hosts: [...route.props.hosts],
      gateways: [route.routeName],
      http: route.props.rules.flatMap(rule => httpRoutes(route, rule)),
    },
  };
}

/**
 * A service's own routes count for the mesh's proxies only, so a rule repeats them for the gateway: one
 * HTTP route for each of them.
 */
function httpRoutes(route: IngressRoute, rule: IngressRule): Record<string, unknown>[] {
  const service = findService(rule.to, route.namespace, Mesh.of(route))!;
  const port = rule.port ?? service.props.ports[0].port;
  const paths = (rule.paths ?? []).map(path => ({ uri: path }));
  if (!service.props.routes) {
    return [{ ...matches(paths), route: [{ destination: { host: service.host, port: { number: port } } }] }];
  }
  return service.props.routes.map(version => ({
    ...matches(combine(paths, version)),
    route: destinations(service, version, port),
  }));
}

function matches(list: readonly Record<string, unknown>[]): Record<string, unknown> {
  return list.length > 0 ? { match: list } : {};
}

function combine(
  paths: readonly Record<string, unknown>[],
  version: VersionRoute,
): Record<string, unknown>[] {
  const own = requestMatch(version);
  if (Object.keys(own).length === 0) return [...paths];
  return paths.length === 0 ? [own] : paths.map(path => ({ ...own, ...path }));
}
