import { namespaceOf } from '../fleet/fleet';
import { containsLabels } from '../fleet/labels';
import { byText, labelsAt, plainsAt, stringAt, stringsAt } from '../fleet/plain';
import type { FleetObject } from '../fleet/types';
import type { CallGraph } from './call-graph';
import type { ClientProxy, Endpoint, Service } from './model';
import { httpRouteRoutes, type Route, virtualServiceRoutes } from './routes';
import { type PlaneView, proxyAt, type World } from './world';

/** A place that requests come from. */
export interface ClientZone {
  readonly cluster: string;
  /** Empty where the cluster's zones aren't known. */
  readonly zone: string;
}

/** An ingress gateway in a place, with the routes it has. */
export interface IngressClient extends ClientZone {
  /** `namespace/name` of the Gateway. */
  readonly gateway: string;
  readonly proxy: ClientProxy;
  readonly routes: readonly Route[];
}

/**
 * The places from which a service may be called: every zone of the clusters in which its callers run; where
 * nothing says who calls it, of the clusters that have the Service, so that its name resolves.
 */
export function clientZones(world: World, graph: CallGraph, service: Service): ClientZone[] {
  const callers = graph.callersOf(service);
  const clusters = callers
    ? new Set(callers.filter(caller => !caller.isGateway).map(caller => caller.cluster))
    : new Set(service.clusters.length > 0 ? service.clusters : world.fleet.clusters.map(({ name }) => name));
  return [...clusters].sort(byText).flatMap(cluster => zonesOf(world, cluster));
}

/** The zones of a cluster as places; one without a name where none is known. */
export function zonesOf(world: World, cluster: string): ClientZone[] {
  const { zones } = world.fleet.cluster(cluster);
  return (zones.length > 0 ? zones : ['']).map(zone => ({ cluster, zone }));
}

/**
 * The ingress gateways: for each Gateway, Istio's or of the Gateway API, the places where the pods run that it
 * configures, with the routes attached to it.
 *
 * Source: Istio `pilot/pkg/model/push_context.go` mergeGateways, VirtualServicesForGateway.
 */
export function ingressClients(world: World): IngressClient[] {
  const clients: IngressClient[] = [];
  for (const view of world.planes.values()) {
    const pods = podsByCluster(world, view);
    for (const gateway of world.fleet.ofKind('Gateway.networking.istio.io', view.plane.cluster)) {
      if (isForNetworks(gateway)) continue;
      const selector = labelsAt(gateway.manifest, 'spec', 'selector');
      const selected = pods.filter(pod => containsLabels(selector, pod.labels));
      clients.push(...placesOf(world, gateway, selected, proxy => istioRoutes(world, view, gateway, proxy)));
    }
    for (const gateway of world.fleet.ofKind('Gateway.gateway.networking.k8s.io', view.plane.cluster)) {
      const name = gateway.manifest.metadata.name;
      const namespace = namespaceOf(gateway.manifest);
      const selected = pods.filter(
        pod => pod.namespace === namespace && pod.labels['gateway.networking.k8s.io/gateway-name'] === name,
      );
      clients.push(...placesOf(world, gateway, selected, () => gatewayApiRoutes(world, view, gateway)));
    }
  }
  return clients.sort(
    (a, b) => byText(a.cluster, b.cluster) || byText(a.zone, b.zone) || byText(a.gateway, b.gateway),
  );
}

type Pod = Pick<Endpoint, 'cluster' | 'namespace' | 'labels' | 'locality'>;

/** The pods of the clusters that a control plane serves. */
function podsByCluster(world: World, view: PlaneView): Pod[] {
  return world.fleet.clusters
    .filter(cluster => cluster.configCluster === view.plane.cluster)
    .flatMap(cluster => {
      const nodes = new Map(
        world.fleet
          .ofKind('Node', cluster.name)
          .map(({ manifest }) => [manifest.metadata.name, manifest.metadata.labels]),
      );
      return world.fleet.ofKind('Pod', cluster.name).map(({ manifest }) => ({
        cluster: cluster.name,
        namespace: namespaceOf(manifest),
        labels: manifest.metadata.labels ?? {},
        locality: {
          region: cluster.region,
          zone:
            nodes.get(stringAt(manifest, 'spec', 'nodeName') ?? '')?.['topology.kubernetes.io/zone'] ?? '',
          subzone: '',
        },
      }));
    });
}

function placesOf(
  world: World,
  gateway: FleetObject,
  pods: readonly Pod[],
  routesFor: (proxy: ClientProxy) => Route[],
): IngressClient[] {
  const places = new Map<string, Pod>();
  for (const pod of pods) places.set(`${pod.cluster}/${pod.locality.zone}`, pod);
  return [...places.values()].flatMap(pod => {
    const { cluster, namespace, labels } = pod;
    const { zone } = pod.locality;
    const proxy = proxyAt(world, { cluster, zone, namespace, labels, kind: 'gateway' });
    const routes = routesFor(proxy);
    if (routes.length === 0) return [];
    const name = `${namespaceOf(gateway.manifest)}/${gateway.manifest.metadata.name}`;
    return [{ cluster, zone, gateway: name, proxy, routes }];
  });
}

/** A Gateway that only passes traffic on between networks, or to istiod. */
function isForNetworks({ manifest }: FleetObject): boolean {
  const modes = plainsAt(manifest, 'spec', 'servers').map(server => stringAt(server, 'tls', 'mode'));
  return modes.length > 0 && modes.every(mode => mode === 'AUTO_PASSTHROUGH');
}

function istioRoutes(world: World, view: PlaneView, gateway: FleetObject, proxy: ClientProxy): Route[] {
  const name = gateway.manifest.metadata.name;
  const namespace = namespaceOf(gateway.manifest);
  const routes: Route[] = [];
  for (const object of world.fleet.ofKind('VirtualService.networking.istio.io', view.plane.cluster)) {
    const named = stringsAt(object.manifest, 'spec', 'gateways').some(reference =>
      reference.includes('/')
        ? reference === `${namespace}/${name}`
        : reference === name && namespaceOf(object.manifest) === namespace,
    );
    if (named)
      routes.push(...virtualServiceRoutes(view, object, proxy, undefined, [name, `${namespace}/${name}`]));
  }
  return routes;
}

function gatewayApiRoutes(world: World, view: PlaneView, gateway: FleetObject): Route[] {
  const name = gateway.manifest.metadata.name;
  const namespace = namespaceOf(gateway.manifest);
  return world.fleet
    .ofKind('HTTPRoute.gateway.networking.k8s.io', view.plane.cluster)
    .filter(route =>
      plainsAt(route.manifest, 'spec', 'parentRefs').some(
        parent =>
          (stringAt(parent, 'kind') ?? 'Gateway') === 'Gateway' &&
          parent.name === name &&
          (stringAt(parent, 'namespace') ?? namespaceOf(route.manifest)) === namespace,
      ),
    )
    .flatMap(route => httpRouteRoutes(view, route));
}
