import type { Manifest } from '../manifest';
import { localityTrafficPolicy } from './locality';
import { Mesh } from './mesh';
import type { ServiceFacts } from './model';
import { byText, sortedEntries } from './names';
import type { ClusterTarget } from './renderable';
import type { MeshService } from './service';
import type { VersionRoute } from './service-props';
import { hasWaypoint, WAYPOINT } from './waypoint';

/** API versions that the supported Istio releases store. */
export const NETWORKING = 'networking.istio.io/v1';
export const SECURITY = 'security.istio.io/v1';

interface ServiceConfig {
  readonly mesh: readonly Manifest[];
  readonly routes: readonly Manifest[];
}

/**
 * Adds a service's configuration to a config cluster: its subsets and locality policy, who may call it, what
 * its proxies may call, and its routes. It goes to the config clusters of its clients and of its own pods:
 * a subset must be known where the connection begins and where it ends.
 *
 * @see https://github.com/istio/istio/blob/release-1.31/pilot/pkg/networking/core/cluster.go buildOutboundSniDnatClusters
 */
export function renderServiceConfig(service: MeshService, target: ClusterTarget): void {
  const mesh = Mesh.of(service);
  const facts = mesh.model.services.get(service)!;
  if (!facts.configClusters.has(target.cluster)) return;
  const config = mesh.model.once(service, () => serviceConfig(mesh, facts));
  for (const manifest of config.mesh) target.add('mesh', manifest);
  for (const manifest of config.routes) target.add('routes', manifest);
}

function serviceConfig(mesh: Mesh, facts: ServiceFacts): ServiceConfig {
  const { service } = facts;
  return {
    mesh: [
      destinationRule(service),
      ...authorizationPolicies(mesh, facts),
      // An ambient mesh has no sidecars to narrow.
      ...(mesh.dataPlane === 'sidecar' ? [sidecar(mesh, facts)] : []),
    ],
    routes: service.props.routes ? [virtualService(service)] : [],
  };
}

function metadata(service: MeshService) {
  return { name: service.serviceName, namespace: service.namespace.namespaceName };
}

function destinationRule(service: MeshService): Manifest {
  const trafficPolicy = localityTrafficPolicy(service.locality);
  return {
    apiVersion: NETWORKING,
    kind: 'DestinationRule',
    metadata: metadata(service),
    spec: {
      host: service.host,
      ...(trafficPolicy ? { trafficPolicy } : {}),
      subsets: service.versions.map(([name]) => ({ name, labels: { version: name } })),
    },
  };
}

/**
 * Lets in who is declared to call the service, by the identity in its certificate. Without callers: nobody.
 * With a waypoint in between, it is the waypoint that knows the callers, and the pods let in the waypoint; an
 * ingress gateway of the same cluster goes past it. What comes from another cluster may have passed a waypoint
 * there, or come from a gateway, before an east-west gateway hands it to this one.
 */
function authorizationPolicies(mesh: Mesh, { service, callers, routes }: ServiceFacts): Manifest[] {
  const principal = (namespace: string, account: string) =>
    `${mesh.trustDomain}/ns/${namespace}/sa/${account}`;
  const clients = [...callers].map(caller =>
    principal(caller.namespace.namespaceName, caller.serviceAccountName),
  );
  const gateways = routes.map(({ props: { gateway } }) =>
    principal(gateway.namespaceName, gateway.releaseName),
  );
  const { name, namespace } = metadata(service);
  const pods = { selector: { matchLabels: { app: service.serviceName } } };
  if (!hasWaypoint(service.namespace)) return [allow(name, namespace, pods, [...clients, ...gateways])];
  const waypoint = principal(namespace, WAYPOINT);
  const known = [...clients, ...gateways];
  const atWaypoint = { targetRefs: [{ kind: 'Service', group: '', name }] };
  return [
    allow(name, namespace, pods, [waypoint, ...gateways]),
    allow(`${name}-waypoint`, namespace, atWaypoint, known.length > 0 ? [...known, waypoint] : []),
  ];
}

function allow(name: string, namespace: string, target: object, allowed: readonly string[]): Manifest {
  const principals = [...new Set(allowed)].sort(byText);
  return {
    apiVersion: SECURITY,
    kind: 'AuthorizationPolicy',
    metadata: { name, namespace },
    spec: {
      ...target,
      action: 'ALLOW',
      ...(principals.length > 0 ? { rules: [{ from: [{ source: { principals } }] }] } : {}),
    },
  };
}

/** Narrows what the service's proxies know to what it calls. */
function sidecar(mesh: Mesh, { service, calls }: ServiceFacts): Manifest {
  const callees = [...calls].map(callee => `${callee.namespace.namespaceName}/${callee.host}`).sort(byText);
  return {
    apiVersion: NETWORKING,
    kind: 'Sidecar',
    metadata: metadata(service),
    spec: {
      workloadSelector: { labels: { app: service.serviceName } },
      egress: [{ hosts: [...callees, `${mesh.systemNamespace}/*`] }],
      ...(service.namespace.outbound === 'registry-only'
        ? { outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' } }
        : {}),
    },
  };
}

function virtualService(service: MeshService): Manifest {
  return {
    apiVersion: NETWORKING,
    kind: 'VirtualService',
    metadata: metadata(service),
    spec: {
      hosts: [service.host],
      http: service.props.routes!.map(route => ({ ...match(route), route: destinations(service, route) })),
    },
  };
}

/** The destinations of a route, with weights when there is more than one. */
export function destinations(
  service: MeshService,
  route: VersionRoute,
  port?: number,
): Record<string, unknown>[] {
  const weights = sortedEntries(route.to).filter(([, weight]) => weight > 0);
  return weights.map(([subset, weight]) => ({
    destination: { host: service.host, subset, ...(port === undefined ? {} : { port: { number: port } }) },
    ...(weights.length > 1 ? { weight } : {}),
  }));
}

/** The headers and path that a route asks for, in the form of a VirtualService match. */
export function requestMatch(route: VersionRoute): Record<string, unknown> {
  const { headers, uriPrefix } = route.match ?? {};
  return {
    ...(headers
      ? { headers: Object.fromEntries(sortedEntries(headers).map(([name, exact]) => [name, { exact }])) }
      : {}),
    ...(uriPrefix ? { uri: { prefix: uriPrefix } } : {}),
  };
}

function match(route: VersionRoute): Record<string, unknown> {
  const found = requestMatch(route);
  return Object.keys(found).length > 0 ? { match: [found] } : {};
}
