import type { Check } from '../types';
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
import { failoverPriorityAcrossNetworks } from './failover-priority-across-networks';
import { gatewayNetworkView } from './gateway-network-view';
import { gatewayNotMerged } from './gateway-not-merged';
import { gatewayRevision } from './gateway-revision';
import { headlessAcrossNetworks } from './headless-across-networks';
import { ignoreAnnotation } from './ignore-annotation';
import { localityInert } from './locality-inert';
import { localityInvalid } from './locality-invalid';
import { localityUnknown } from './locality-unknown';
import { meshNetworksRegistry } from './mesh-networks-registry';
import { mtlsOffAcrossNetworks } from './mtls-off-across-networks';
import { nameUnresolvable } from './name-unresolvable';
import { networkLabel } from './network-label';
import { networkWithoutGateway } from './network-without-gateway';
import { podRangesOverlap } from './pod-ranges-overlap';
import { remotePilotAddress } from './remote-pilot-address';
import { remoteSecret } from './remote-secret';
import { serviceInconsistent } from './service-inconsistent';
import { sharedGatewayHidesWeight } from './shared-gateway-hides-weight';
import { subsetMissingAtDestination } from './subset-missing-at-destination';
import { subsetSelectsNothing } from './subset-selects-nothing';
import { trustDiffers } from './trust-differs';

/** Every check of this release, by code. */
export const CHECKS: readonly Check[] = [
  duplicateObject,
  ignoreAnnotation,
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
];
