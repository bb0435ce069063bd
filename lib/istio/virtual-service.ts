import type { Construct } from 'constructs';
import {
  VirtualService as Bound,
  toJson_VirtualServiceSpec,
  type VirtualServiceSpec,
} from '../../imports/networking.istio.io';
import type { Plain } from './plain';
import { type IstioKind, IstioResource, type IstioResourceProps, splitProps } from './resource';
import { virtualServiceComplaints } from './rules/virtual-service';

type Spec = Plain<VirtualServiceSpec>;

/** Props of {@link VirtualService}. */
export interface VirtualServiceProps extends IstioResourceProps {
  /**
   * Names as clients use them: a service, a DNS name, `*.example.com`, or `*` on gateways only.
   * @default - none: a delegate
   */
  readonly hosts?: Spec['hosts'];
  /**
   * Gateways whose proxies route by it, as `name` or `namespace/name`; `mesh` stands for all sidecars.
   * @default - mesh
   */
  readonly gateways?: Spec['gateways'];
  /**
   * HTTP and gRPC routes; the first match wins. Weights are relative to their sum.
   * @default - none
   */
  readonly http?: Spec['http'];
  /**
   * Routes of TLS that is passed through, by SNI.
   * @default - none
   */
  readonly tls?: Spec['tls'];
  /**
   * Routes of plain TCP.
   * @default - none
   */
  readonly tcp?: Spec['tcp'];
  /**
   * Namespaces it is visible in: `.` its own, `*` all.
   * @default - all, or what the mesh configuration's defaults say
   */
  readonly exportTo?: Spec['exportTo'];
}

const KIND: IstioKind<Spec> = {
  ...Bound.GVK,
  layer: 'routes',
  toJson: toJson_VirtualServiceSpec,
  check: spec => [...virtualServiceComplaints(spec)],
};

/**
 * Where requests for hosts go: matches, destinations and their weights, retries, timeouts, faults.
 *
 * One without hosts is a delegate, which another VirtualService names in its HTTP routes.
 *
 * @example
 * new VirtualService(namespace, 'reviews', {
 *   hosts: ['reviews'],
 *   http: [{ route: [{ destination: { host: 'reviews', subset: 'v1' } }] }],
 * });
 *
 * @throws ModelError if it has no route at all, hosts that are empty names, a weight below 0, several destinations whose
 * weights are all 0, an HTTP route that goes nowhere or to two kinds of place, or is a delegate with gateways, tls or tcp
 * @see https://istio.io/latest/docs/reference/config/networking/virtual-service/
 */
export class VirtualService extends IstioResource<Spec> {
  constructor(scope: Construct, id: string, props: VirtualServiceProps) {
    super(scope, id, KIND, ...splitProps<Spec>(props));
  }
}
