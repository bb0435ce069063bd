import type { Check } from '../types';
import { allowAll } from './allow-all';
import { ambientScope } from './ambient-scope';
import { cannotEject } from './cannot-eject';
import { clusterName } from './cluster-name';
import { configDiffers } from './config-differs';
import { configMissing } from './config-missing';
import { configNotRead } from './config-not-read';
import { controlPlaneClusters } from './control-plane-clusters';
import { crossNetworkExposure } from './cross-network-exposure';
import { destinationRuleHostUnknown } from './destination-rule-host-unknown';
import { destinationRulesCollide } from './destination-rules-collide';
import { duplicateObject } from './duplicate-object';
import { eastWestGatewayPort } from './east-west-gateway-port';
import { externalNamePort } from './external-name-port';
import { failoverPriorityAcrossNetworks } from './failover-priority-across-networks';
import { gatewayDuplicateCertificate } from './gateway-duplicate-certificate';
import { gatewayHostMismatch } from './gateway-host-mismatch';
import { gatewayNetworkView } from './gateway-network-view';
import { gatewayNotFound } from './gateway-not-found';
import { gatewayNotMerged } from './gateway-not-merged';
import { gatewayPortClosed } from './gateway-port-closed';
import { gatewayRevision } from './gateway-revision';
import { gatewaySelectsNothing } from './gateway-selects-nothing';
import { gatewaysConflict } from './gateways-conflict';
import { generatedGateway } from './generated-gateway';
import { headlessAcrossNetworks } from './headless-across-networks';
import { hostNotFound } from './host-not-found';
import { ignoreAnnotation } from './ignore-annotation';
import { imageAuto } from './image-auto';
import { ineffectiveMatch } from './ineffective-match';
import { ingressBypassesRules } from './ingress-bypasses-rules';
import { injectionLabels } from './injection-labels';
import { jwtClaimWithoutAuthn } from './jwt-claim-without-authn';
import { localityInert } from './locality-inert';
import { localityInvalid } from './locality-invalid';
import { localityUnknown } from './locality-unknown';
import { meshHostConflict } from './mesh-host-conflict';
import { meshNetworksRegistry } from './mesh-networks-registry';
import { mtlsDowngraded } from './mtls-downgraded';
import { mtlsOffAcrossNetworks } from './mtls-off-across-networks';
import { nameUnresolvable } from './name-unresolvable';
import { namespaceNotInjected } from './namespace-not-injected';
import { networkLabel } from './network-label';
import { networkWithoutGateway } from './network-without-gateway';
import { podNotRestricted } from './pod-not-restricted';
import { podRangesOverlap } from './pod-ranges-overlap';
import { policySelectsNothing } from './policy-selects-nothing';
import { portName } from './port-name';
import { portRequired } from './port-required';
import { portWithTwoProtocols } from './port-with-two-protocols';
import { principalUnknown } from './principal-unknown';
import { proxyUid } from './proxy-uid';
import { remotePilotAddress } from './remote-pilot-address';
import { remoteSecret } from './remote-secret';
import { secretInManifests } from './secret-in-manifests';
import { selectorIneffective } from './selector-ineffective';
import { serverNotVerified } from './server-not-verified';
import { serviceEntryAddresses } from './service-entry-addresses';
import { serviceEntryProtocols } from './service-entry-protocols';
import { serviceInconsistent } from './service-inconsistent';
import { sharedGatewayHidesWeight } from './shared-gateway-hides-weight';
import { sidecarInAmbient } from './sidecar-in-ambient';
import { sidecarSelectsNothing } from './sidecar-selects-nothing';
import { sidecarsOverlap } from './sidecars-overlap';
import { sidecarsWithoutSelector } from './sidecars-without-selector';
import { sourceNamespaceUnknown } from './source-namespace-unknown';
import { specInvalid } from './spec-invalid';
import { subsetMissingAtDestination } from './subset-missing-at-destination';
import { subsetNotDefined } from './subset-not-defined';
import { subsetSelectsNothing } from './subset-selects-nothing';
import { targetPortShared } from './target-port-shared';
import { telemetriesOverlap } from './telemetries-overlap';
import { telemetriesWithoutSelector } from './telemetries-without-selector';
import { tlsModeConflict } from './tls-mode-conflict';
import { trustDiffers } from './trust-differs';
import { unknownField } from './unknown-field';
import { unreachableRule } from './unreachable-rule';
import { wildcardGatewayHost } from './wildcard-gateway-host';

/** Every check of this release, by code. */
export const CHECKS: readonly Check[] = [
  duplicateObject,
  ignoreAnnotation,
  unknownField,
  specInvalid,
  serviceInconsistent,
  nameUnresolvable,
  configNotRead,
  configMissing,
  configDiffers,
  subsetMissingAtDestination,
  subsetSelectsNothing,
  destinationRuleHostUnknown,
  destinationRulesCollide,
  networkWithoutGateway,
  networkLabel,
  eastWestGatewayPort,
  crossNetworkExposure,
  mtlsOffAcrossNetworks,
  headlessAcrossNetworks,
  podRangesOverlap,
  meshNetworksRegistry,
  gatewayNetworkView,
  localityInert,
  cannotEject,
  localityInvalid,
  failoverPriorityAcrossNetworks,
  localityUnknown,
  sharedGatewayHidesWeight,
  clusterName,
  remoteSecret,
  controlPlaneClusters,
  remotePilotAddress,
  trustDiffers,
  gatewayRevision,
  ambientScope,
  gatewayNotMerged,
  hostNotFound,
  subsetNotDefined,
  gatewayNotFound,
  gatewayHostMismatch,
  meshHostConflict,
  portRequired,
  unreachableRule,
  ineffectiveMatch,
  ingressBypassesRules,
  jwtClaimWithoutAuthn,
  generatedGateway,
  serverNotVerified,
  gatewaySelectsNothing,
  gatewayPortClosed,
  gatewaysConflict,
  gatewayDuplicateCertificate,
  serviceEntryAddresses,
  serviceEntryProtocols,
  sidecarSelectsNothing,
  sidecarsOverlap,
  sidecarsWithoutSelector,
  portWithTwoProtocols,
  targetPortShared,
  proxyUid,
  portName,
  externalNamePort,
  injectionLabels,
  namespaceNotInjected,
  imageAuto,
  telemetriesOverlap,
  telemetriesWithoutSelector,
  selectorIneffective,
  sidecarInAmbient,
  policySelectsNothing,
  sourceNamespaceUnknown,
  principalUnknown,
  allowAll,
  mtlsDowngraded,
  tlsModeConflict,
  wildcardGatewayHost,
  podNotRestricted,
  secretInManifests,
];
