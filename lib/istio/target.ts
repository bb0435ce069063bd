/**
 * What a policy applies to: workloads by label, or gateways and waypoints by reference, never both.
 *
 * @see https://github.com/istio/istio/blob/release-1.31/pkg/config/validation/validation.go validateOneOfSelectorType
 */
export type PolicyTarget<Spec extends { selector?: unknown; targetRef?: unknown; targetRefs?: unknown }> =
  | {
      /**
       * Labels of the workloads in the object's namespace; in the root namespace, in all namespaces.
       * @default - all workloads
       */
      readonly selector?: Spec['selector'];
      readonly targetRef?: never;
      readonly targetRefs?: never;
    }
  | {
      /** Gateways, Services, ServiceEntries or GatewayClasses of the object's namespace, at most 16. */
      readonly targetRefs: Spec['targetRefs'];
      readonly selector?: never;
      readonly targetRef?: never;
    }
  | {
      /** One target; Istio has deprecated it in favour of `targetRefs`. */
      readonly targetRef: Spec['targetRef'];
      readonly selector?: never;
      readonly targetRefs?: never;
    };
