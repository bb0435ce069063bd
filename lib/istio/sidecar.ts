import type { Construct } from 'constructs';
import { Sidecar as Bound, type SidecarSpec, toJson_SidecarSpec } from '../../imports/networking.istio.io';
import type { Plain } from './plain';
import {
  type Complaint,
  type IstioKind,
  IstioResource,
  type IstioResourceProps,
  splitProps,
} from './resource';

type Spec = Plain<SidecarSpec>;

/** Props of {@link Sidecar}. */
export interface SidecarProps extends IstioResourceProps {
  /**
   * Labels of the workloads in its namespace that it applies to.
   * @default - all workloads of the namespace
   */
  readonly workloadSelector?: Spec['workloadSelector'];
  /**
   * Services that may be called, as `namespace/host` per listener: a namespace of `.` is its own, `*` is any, `~` is none.
   * @default - those of the mesh-wide Sidecar, else all
   */
  readonly egress?: Spec['egress'];
  /**
   * Listeners for inbound traffic.
   * @default - the ports of the Services that select the workload
   */
  readonly ingress?: Spec['ingress'];
  /**
   * Limits for inbound connections.
   * @default - none
   */
  readonly inboundConnectionPool?: Spec['inboundConnectionPool'];
  /**
   * What happens to calls to hosts that are not known: ALLOW_ANY or REGISTRY_ONLY.
   * @default - that of the mesh
   */
  readonly outboundTrafficPolicy?: Spec['outboundTrafficPolicy'];
}

const KIND: IstioKind<Spec> = {
  ...Bound.GVK,
  layer: 'mesh',
  toJson: toJson_SidecarSpec,
  check,
};

/**
 * What the sidecars of a namespace or workload listen on and which services they know. Without one, each
 * sidecar is told of every service of the mesh. At most one per namespace may have no workload selector.
 *
 * @throws ModelError if it configures nothing, or an egress listener has no hosts
 * @see https://istio.io/latest/docs/reference/config/networking/sidecar/
 */
export class Sidecar extends IstioResource<Spec> {
  constructor(scope: Construct, id: string, props: SidecarProps) {
    super(scope, id, KIND, ...splitProps<Spec>(props));
  }
}

/** @see pkg/config/validation/validation.go ValidateSidecar */
function* complaints(spec: Spec): Generator<Complaint> {
  const { egress = [], ingress = [] } = spec;
  if (egress.length + ingress.length === 0 && !spec.outboundTrafficPolicy && !spec.inboundConnectionPool) {
    yield {
      what: 'it configures nothing',
      why: 'Istio refuses an empty Sidecar',
      fix: "Say which services may be called: egress: [{ hosts: ['./*'] }].",
    };
  }
  if (egress.some(listener => (listener.hosts ?? []).length === 0)) {
    yield {
      what: 'an egress listener has no hosts',
      why: 'Istio refuses a listener that leads nowhere',
      fix: "Name hosts as namespace/host; ['~/*'] is none.",
    };
  }
}

function check(spec: Spec): Complaint[] {
  return [...complaints(spec)];
}
