import { parse } from 'yaml';
import { proxyNetwork } from '../fleet/control-plane';
import type { Fleet } from '../fleet/fleet';
import { LABELS } from '../fleet/labels';
import { isPlain, listAt, type Plain, plainAt, plainsAt, stringAt } from '../fleet/plain';
import type { FleetCluster } from '../fleet/types';
import type { ServiceRef } from './services';
import type { FleetView } from './view';

/** Port of east-west gateways where mTLS is passed on by SNI. Source: Istio `pilot/pkg/model/network.go`. */
export const CROSS_NETWORK_PORT = 15443;
/** Port of ambient east-west gateways. Source: Istio `pilot/pkg/model/service.go` HBoneInboundListenPort. */
export const HBONE_PORT = 15008;

/** A way into a network. */
export interface NetworkGateway {
  readonly network: string;
  /** The Service in front of it; none when it is declared by address only. */
  readonly service?: ServiceRef;
}

/** The network of a cluster's pods; empty when nothing says it. */
export function networkOf(fleet: Fleet, cluster: FleetCluster): string {
  return proxyNetwork(fleet, cluster);
}

/**
 * The port of a network gateway Service for cross-network traffic: the label's, else 15443.
 *
 * Source: Istio `pilot/pkg/serviceregistry/kube/controller/network.go`.
 */
export function crossNetworkPort(service: ServiceRef): number {
  const label = service.object.manifest.metadata.labels?.[LABELS.gatewayPort];
  return label ? Number(label) : CROSS_NETWORK_PORT;
}

/** Services that carry a network's label and so say they are its gateway, whether or not they can be. */
export function declaredGateways(view: FleetView): readonly { network: string; service: ServiceRef }[] {
  return view.services.flatMap(service => {
    const network = service.object.manifest.metadata.labels?.[LABELS.network];
    return network ? [{ network, service }] : [];
  });
}

/** The gateways that istiod would use to reach networks: by Service, by Gateway API, by mesh networks. */
export function networkGateways(view: FleetView): NetworkGateway[] {
  const gateways: NetworkGateway[] = [];
  for (const { network, service } of declaredGateways(view)) {
    const wanted = [crossNetworkPort(service), HBONE_PORT];
    if (service.ports.some(port => wanted.includes(port.number))) gateways.push({ network, service });
  }
  for (const { manifest } of view.fleet.ofKind('Gateway.gateway.networking.k8s.io')) {
    const network = manifest.metadata.labels?.[LABELS.network];
    if (network && stringAt(manifest, 'spec', 'gatewayClassName') === 'istio-remote')
      gateways.push({ network });
  }
  for (const plane of view.planes) {
    for (const [network, spec] of Object.entries(meshNetworks(view, plane.cluster))) {
      if (plainsAt(spec, 'gateways').length > 0) gateways.push({ network });
    }
  }
  return gateways;
}

/** The `meshNetworks` that a control plane is given: in the `istio` ConfigMap or in Helm values. */
export function meshNetworks(view: FleetView, cluster: string): Plain {
  const { rootNamespace } = view.planeOf(cluster);
  const map = view.fleet.find(cluster, 'ConfigMap', rootNamespace, 'istio');
  const text = stringAt(map?.manifest, 'data', 'meshNetworks');
  const parsed: unknown = text === undefined ? undefined : parse(text);
  if (isPlain(parsed)) return plainAt(parsed, 'networks');
  return plainAt(view.values(cluster), 'global', 'meshNetworks');
}

/** Names of the registries that mesh networks take endpoints from. */
export function registriesOf(network: unknown): string[] {
  return listAt(network, 'endpoints').flatMap(endpoint => stringAt(endpoint, 'fromRegistry') ?? []);
}
