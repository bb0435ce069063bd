import { containsLabels, type Labels } from '../fleet/labels';
import type { PeerAuthenticationIndex } from '../fleet/peer-authentication';
import { labelsAt, plainAt, stringAt } from '../fleet/plain';
import type { FleetObject } from '../fleet/types';

/**
 * The mTLS mode of a workload's port: the port's, the workload's, the namespace's, the mesh's, in this order;
 * PERMISSIVE when none says anything.
 *
 * Source: Istio `pilot/pkg/security/authn/policy_applier.go` ComposePeerAuthentication, GetMutualTLSModeForPort.
 */
export function mtlsMode(
  index: PeerAuthenticationIndex,
  namespace: string,
  labels: Labels,
  port?: number,
): string {
  const own = index.selecting
    .get(namespace)
    ?.find(({ manifest }) => containsLabels(labelsAt(manifest, 'spec', 'selector', 'matchLabels'), labels));
  const atPort =
    port === undefined
      ? undefined
      : stringAt(plainAt(own?.manifest, 'spec', 'portLevelMtls', String(port)), 'mode');
  const modes = [atPort, modeOf(own), modeOf(index.byNamespace.get(namespace)), modeOf(index.mesh)];
  return modes.find(mode => mode !== undefined && mode !== 'UNSET') ?? 'PERMISSIVE';
}

/** The mode that a PeerAuthentication sets for all ports; undefined when it leaves it open. */
export function modeOf(object: FleetObject | undefined): string | undefined {
  const mode = stringAt(object?.manifest, 'spec', 'mtls', 'mode');
  return mode === 'UNSET' ? undefined : mode;
}
