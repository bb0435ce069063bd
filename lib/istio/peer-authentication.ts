import type { Construct } from 'constructs';
import {
  PeerAuthentication as Bound,
  type PeerAuthenticationSpec,
  toJson_PeerAuthenticationSpec,
} from '../../imports/security.istio.io';
import type { Plain } from './plain';
import {
  type Complaint,
  type IstioKind,
  IstioResource,
  type IstioResourceProps,
  splitProps,
} from './resource';

type Spec = Plain<PeerAuthenticationSpec>;

/** Props of {@link PeerAuthentication}. */
export type PeerAuthenticationProps = PeerAuthenticationFields & PeerAuthenticationScope;

/** Most props of {@link PeerAuthentication}. */
export interface PeerAuthenticationFields extends IstioResourceProps {
  /**
   * STRICT (mTLS only), PERMISSIVE (plain text too), DISABLE, or UNSET (inherit). DISABLE also makes endpoints on
   * other networks unreachable: gateways between networks route by SNI.
   * @default - inherited; PERMISSIVE at the top
   */
  readonly mtls?: Spec['mtls'];
}

const KIND: IstioKind<Spec> = {
  ...Bound.GVK,
  layer: 'mesh',
  toJson: toJson_PeerAuthenticationSpec,
  check,
};

/**
 * Whether workloads take mTLS only. One without selector holds for its namespace, in the root namespace for
 * the mesh.
 *
 * @example
 * new PeerAuthentication(mesh, 'default', { metadata: { namespace: 'istio-system' }, mtls: { mode: 'STRICT' } });
 *
 * @throws ModelError if port-level modes come without labels to select by, are empty, or are keyed by what is no port
 * @see https://istio.io/latest/docs/reference/config/security/peer_authentication/
 */
export class PeerAuthentication extends IstioResource<Spec> {
  constructor(scope: Construct, id: string, props: PeerAuthenticationProps) {
    super(scope, id, KIND, ...splitProps<Spec>(props));
  }
}

/** Ports can differ for selected workloads only. */
export type PeerAuthenticationScope =
  | {
      /** @default - all workloads of the namespace, in the root namespace of the mesh */
      readonly selector?: Spec['selector'];
      readonly portLevelMtls?: never;
    }
  | {
      /** Labels of the workloads, at least one. */
      readonly selector: NonNullable<Spec['selector']>;
      /** Modes by port number of the workload (not of its Service). */
      readonly portLevelMtls: Spec['portLevelMtls'];
    };

/** @see pkg/config/validation/validation.go ValidatePeerAuthentication */
function* complaints(spec: Spec): Generator<Complaint> {
  if (spec.portLevelMtls === undefined) return;
  const ports = Object.keys(spec.portLevelMtls);
  if (ports.length === 0) {
    yield {
      what: 'portLevelMtls is empty',
      why: 'Istio refuses it',
      fix: 'Name a port, or leave it out.',
    };
  } else if (Object.keys(spec.selector?.matchLabels ?? {}).length === 0) {
    yield {
      what: `portLevelMtls for ${ports.join(', ')} comes without labels to select workloads by`,
      why: 'Istio refuses modes per port for a whole namespace or mesh',
      fix: 'Set selector.matchLabels.',
    };
  }
  for (const port of ports.filter(it => !/^[1-9]\d*$/.test(it) || Number(it) > 65535)) {
    yield {
      what: `portLevelMtls has the port ${JSON.stringify(port)}`,
      why: 'ports are numbers from 1 to 65535',
      fix: 'Use the number of the port on the workload.',
    };
  }
}

function check(spec: Spec): Complaint[] {
  return [...complaints(spec)];
}
