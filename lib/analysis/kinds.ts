const NETWORKING = 'networking.istio.io';
const SECURITY = 'security.istio.io';

/** Kinds as a fleet indexes them. */
export const KIND = {
  virtualService: `VirtualService.${NETWORKING}`,
  destinationRule: `DestinationRule.${NETWORKING}`,
  gateway: `Gateway.${NETWORKING}`,
  serviceEntry: `ServiceEntry.${NETWORKING}`,
  sidecar: `Sidecar.${NETWORKING}`,
  envoyFilter: `EnvoyFilter.${NETWORKING}`,
  proxyConfig: `ProxyConfig.${NETWORKING}`,
  authorizationPolicy: `AuthorizationPolicy.${SECURITY}`,
  peerAuthentication: `PeerAuthentication.${SECURITY}`,
  requestAuthentication: `RequestAuthentication.${SECURITY}`,
  telemetry: 'Telemetry.telemetry.istio.io',
  wasmPlugin: 'WasmPlugin.extensions.istio.io',
  kubernetesGateway: 'Gateway.gateway.networking.k8s.io',
} as const;

/** Kinds that select workloads by `spec.selector.matchLabels`. */
export const POLICY_KINDS = [
  KIND.authorizationPolicy,
  KIND.peerAuthentication,
  KIND.requestAuthentication,
  KIND.telemetry,
  KIND.wasmPlugin,
] as const;

/** Kinds that istiod reads in its config cluster only. Source: Istio `pkg/config/schema/collections`. */
export const CONFIG_KINDS = [
  KIND.virtualService,
  KIND.destinationRule,
  KIND.gateway,
  KIND.serviceEntry,
  KIND.sidecar,
  KIND.envoyFilter,
  KIND.proxyConfig,
  ...POLICY_KINDS,
] as const;
