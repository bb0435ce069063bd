import type { Construct } from 'constructs';
import {
  Telemetry as Bound,
  type TelemetrySpec,
  toJson_TelemetrySpec,
} from '../../imports/telemetry.istio.io';
import type { Plain } from './plain';
import {
  type Complaint,
  type IstioKind,
  IstioResource,
  type IstioResourceProps,
  splitProps,
} from './resource';
import type { PolicyTarget } from './target';

type Spec = Plain<TelemetrySpec>;

/** Props of {@link Telemetry}. */
export type TelemetryProps = TelemetryFields & PolicyTarget<Spec>;

/** Most props of {@link Telemetry}. */
export interface TelemetryFields extends IstioResourceProps {
  /**
   * Which requests are logged where.
   * @default - inherited
   */
  readonly accessLogging?: Spec['accessLogging'];
  /**
   * Which metrics are reported where, and with which tags.
   * @default - inherited
   */
  readonly metrics?: Spec['metrics'];
  /**
   * Which share of requests is traced where.
   * @default - inherited
   */
  readonly tracing?: Spec['tracing'];
}

const KIND: IstioKind<Spec> = {
  ...Bound.GVK,
  layer: 'mesh',
  toJson: toJson_TelemetrySpec,
  check,
};

/**
 * Metrics, access logs and traces of workloads. One without selector holds for its namespace, in the root
 * namespace for the mesh.
 *
 * @throws ModelError if a share of requests to trace is not from 0 to 100
 * @see https://istio.io/latest/docs/reference/config/telemetry/
 */
export class Telemetry extends IstioResource<Spec> {
  constructor(scope: Construct, id: string, props: TelemetryProps) {
    super(scope, id, KIND, ...splitProps<Spec>(props));
  }
}

/** @see pkg/config/validation/validation.go validateTelemetryTracing */
function check(spec: Spec): Complaint[] {
  const shares = (spec.tracing ?? []).flatMap(it => it.randomSamplingPercentage ?? []);
  return shares
    .filter(share => !(share >= 0 && share <= 100))
    .map(share => ({
      what: `randomSamplingPercentage is ${share}`,
      why: 'Istio refuses what is no percentage',
      fix: 'Use a number from 0 to 100.',
    }));
}
