import type { Construct } from 'constructs';
import {
  EnvoyFilter as Bound,
  type EnvoyFilterSpec,
  toJson_EnvoyFilterSpec,
} from '../../imports/networking.istio.io';
import type { Plain } from './plain';
import { type IstioKind, IstioResource, type IstioResourceProps, splitProps } from './resource';

type Spec = Plain<EnvoyFilterSpec>;

/** Props of {@link EnvoyFilter}. */
export type EnvoyFilterProps = EnvoyFilterFields & EnvoyFilterTarget;

/** Most props of {@link EnvoyFilter}. */
export interface EnvoyFilterFields extends IstioResourceProps {
  /**
   * The patches, applied in order.
   * @default - none
   */
  readonly configPatches?: Spec['configPatches'];
  /**
   * Order among EnvoyFilters in a namespace: lower first, negative before the default.
   * @default 0
   */
  readonly priority?: Spec['priority'];
}

const KIND: IstioKind<Spec> = {
  ...Bound.GVK,
  layer: 'mesh',
  toJson: toJson_EnvoyFilterSpec,
};

/**
 * Patches to the Envoy configuration that istiod generates: the last resort, tied to Istio's internals. The
 * `value` of a patch is Envoy's own configuration and passes unchanged.
 *
 * @throws ModelError for a bad name, or none of a namespace where one is needed
 * @see https://istio.io/latest/docs/reference/config/networking/envoy-filter/
 */
export class EnvoyFilter extends IstioResource<Spec> {
  constructor(scope: Construct, id: string, props: EnvoyFilterProps) {
    super(scope, id, KIND, ...splitProps<Spec>(props));
  }
}

/** Whose configuration is patched: workloads by label, or gateways and waypoints by reference, never both. */
export type EnvoyFilterTarget =
  | {
      /** @default - all workloads of the namespace; in the root namespace, of the mesh */
      readonly workloadSelector?: Spec['workloadSelector'];
      readonly targetRefs?: never;
    }
  | {
      /** Gateways, Services, ServiceEntries or GatewayClasses of its namespace, at most 16. */
      readonly targetRefs: Spec['targetRefs'];
      readonly workloadSelector?: never;
    };
