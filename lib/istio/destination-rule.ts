import type { Construct } from 'constructs';
import {
  DestinationRule as Bound,
  type DestinationRuleSpec,
  toJson_DestinationRuleSpec,
} from '../../imports/networking.istio.io';
import type { Plain } from './plain';
import { type IstioKind, IstioResource, type IstioResourceProps, splitProps } from './resource';
import { destinationRuleComplaints } from './rules/destination-rule';

type Spec = Plain<DestinationRuleSpec>;

/** Props of {@link DestinationRule}. */
export interface DestinationRuleProps extends IstioResourceProps {
  /** The service, short or fully qualified, or a wildcard. */
  readonly host: Spec['host'];
  /**
   * Parts of the host by pod labels, by unique names that are DNS-1123 labels.
   * @default - none
   */
  readonly subsets?: Spec['subsets'];
  /**
   * What holds for all subsets and ports that have no policy of their own.
   * @default - that of the mesh: least requests, mTLS where both sides have a sidecar
   */
  readonly trafficPolicy?: Spec['trafficPolicy'];
  /**
   * Labels of the client workloads in its namespace that it holds for.
   * @default - all clients that see it
   */
  readonly workloadSelector?: Spec['workloadSelector'];
  /**
   * Namespaces it is visible in: `.` its own, `*` all.
   * @default - all, or what the mesh configuration's defaults say
   */
  readonly exportTo?: Spec['exportTo'];
}

const KIND: IstioKind<Spec> = {
  ...Bound.GVK,
  layer: 'mesh',
  toJson: toJson_DestinationRuleSpec,
  check: spec => [...destinationRuleComplaints(spec)],
};

/**
 * What happens to requests for a host once they are routed: subsets, load balancing, connection pools, outlier
 * detection, client TLS. Give a host one DestinationRule: Istio merges several in ways that surprise.
 *
 * @example
 * new DestinationRule(namespace, 'reviews', {
 *   host: 'reviews',
 *   subsets: [{ name: 'v1', labels: { version: 'v1' } }],
 * });
 *
 * @throws ModelError if the host is empty, a subset's name is empty, taken or no DNS-1123 label, or a locality setting is one
 * that Istio refuses (`distribute` with `failover`, weights that don't sum to 100, failover within a region)
 * @see https://istio.io/latest/docs/reference/config/networking/destination-rule/
 */
export class DestinationRule extends IstioResource<Spec> {
  constructor(scope: Construct, id: string, props: DestinationRuleProps) {
    super(scope, id, KIND, ...splitProps<Spec>(props));
  }
}
