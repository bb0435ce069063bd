import type { ControlPlane } from './control-plane';
import { byAge } from './destination-rules';
import { type Fleet, namespaceOf } from './fleet';
import { containsLabels, type Labels } from './labels';
import { labelsAt, type Plain, plainAt, stringAt, valueAt } from './plain';
import type { FleetObject } from './types';

/** The PeerAuthentications that a control plane reads, by their reach. */
export interface PeerAuthenticationIndex {
  readonly mesh?: FleetObject;
  readonly byNamespace: ReadonlyMap<string, FleetObject>;
  readonly selecting: ReadonlyMap<string, readonly FleetObject[]>;
}

/**
 * Indexes PeerAuthentications; of several with the same reach the oldest counts.
 *
 * Source: Istio `pilot/pkg/security/authn/policy_applier.go` ComposePeerAuthentication.
 */
export function indexPeerAuthentications(fleet: Fleet, plane: ControlPlane): PeerAuthenticationIndex {
  let mesh: FleetObject | undefined;
  const byNamespace = new Map<string, FleetObject>();
  const selecting = new Map<string, FleetObject[]>();
  for (const object of [...fleet.ofKind('PeerAuthentication.security.istio.io', plane.cluster)].sort(byAge)) {
    const namespace = namespaceOf(object.manifest);
    const labels = labelsAt(object.manifest, 'spec', 'selector', 'matchLabels');
    if (Object.keys(labels).length > 0) {
      // One that selects workloads counts nowhere when it is in the root namespace.
      if (namespace === plane.rootNamespace) continue;
      selecting.set(namespace, [...(selecting.get(namespace) ?? []), object]);
    } else if (namespace === plane.rootNamespace) mesh ??= object;
    else if (!byNamespace.has(namespace)) byNamespace.set(namespace, object);
  }
  return { mesh, byNamespace, selecting };
}

/**
 * Whether a workload's port refuses mTLS (`DISABLE`); every other mode accepts it.
 *
 * Source: Istio `pilot/pkg/security/authn/policy_applier.go` GetMutualTLSModeForPort.
 */
export function refusesMtls(
  index: PeerAuthenticationIndex,
  namespace: string,
  labels: Labels,
  port: number,
): boolean {
  const own = index.selecting
    .get(namespace)
    ?.find(({ manifest }) => containsLabels(labelsAt(manifest, 'spec', 'selector', 'matchLabels'), labels));
  const inherited = [own, index.byNamespace.get(namespace), index.mesh]
    .map(object => modeOf(plainAt(object?.manifest, 'spec', 'mtls')))
    .find(mode => mode !== undefined);
  const ports = plainAt(own?.manifest, 'spec', 'portLevelMtls');
  const atPort =
    valueAt(ports, String(port)) === undefined ? undefined : modeOf(plainAt(ports, String(port)));
  return (atPort ?? inherited) === 'DISABLE';
}

function modeOf(mtls: Plain): string | undefined {
  const mode = stringAt(mtls, 'mode');
  return mode === 'UNSET' ? undefined : mode;
}
