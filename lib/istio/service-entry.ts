import type { Construct } from 'constructs';
import {
  ServiceEntry as Bound,
  type ServiceEntrySpec,
  toJson_ServiceEntrySpec,
} from '../../imports/networking.istio.io';
import type { Plain } from './plain';
import {
  type Complaint,
  type IstioKind,
  IstioResource,
  type IstioResourceProps,
  splitProps,
} from './resource';
import { duplicates } from './rules/lists';

type Spec = Plain<ServiceEntrySpec>;

/** Props of {@link ServiceEntry}. */
export type ServiceEntryProps = ServiceEntryFields & ServiceEntryBackends;

/** Most props of {@link ServiceEntry}. */
export interface ServiceEntryFields extends IstioResourceProps {
  /** DNS names, at least one; `*.example.com` is allowed, `*` is not. */
  readonly hosts: Spec['hosts'];
  /**
   * Virtual IPs, or CIDRs if the resolution is NONE or STATIC.
   * @default - one is allocated
   */
  readonly addresses?: Spec['addresses'];
  /**
   * Ports, by unique names and numbers.
   * @default - none
   */
  readonly ports?: Spec['ports'];
  /**
   * `MESH_EXTERNAL` (no mTLS) or `MESH_INTERNAL`.
   * @default MESH_EXTERNAL
   */
  readonly location?: Spec['location'];
  /**
   * How addresses are found: NONE, STATIC, DNS, DNS_ROUND_ROBIN, DYNAMIC_DNS.
   * @default NONE
   */
  readonly resolution?: Spec['resolution'];
  /**
   * Names that the server's certificate may have.
   * @default - not checked
   */
  readonly subjectAltNames?: Spec['subjectAltNames'];
  /**
   * Namespaces it is visible in: `.` its own, `*` all.
   * @default - all, or what the mesh configuration's defaults say
   */
  readonly exportTo?: Spec['exportTo'];
}

const KIND: IstioKind<Spec> = {
  ...Bound.GVK,
  layer: 'mesh',
  toJson: toJson_ServiceEntrySpec,
  check,
};

/**
 * A service that Kubernetes doesn't know: outside the mesh, or made of virtual machines.
 *
 * @throws ModelError if there are no hosts, a host is `*`, two ports share a name or number, or an address is a CIDR where
 * the resolution forbids it
 * @see https://istio.io/latest/docs/reference/config/networking/service-entry/
 */
export class ServiceEntry extends IstioResource<Spec> {
  constructor(scope: Construct, id: string, props: ServiceEntryProps) {
    super(scope, id, KIND, ...splitProps<Spec>(props));
  }
}

/** Who answers: listed endpoints, or WorkloadEntries and pods by label; Istio refuses both. */
export type ServiceEntryBackends =
  | {
      /** @default - the hosts themselves, by DNS, or the address that the client chose (NONE) */
      readonly endpoints?: Spec['endpoints'];
      readonly workloadSelector?: never;
    }
  | {
      /** Labels of WorkloadEntries or pods in its namespace; only MESH_INTERNAL. */
      readonly workloadSelector: Spec['workloadSelector'];
      readonly endpoints?: never;
    };

/** @see pkg/config/validation/validation.go ValidateServiceEntry */
function* complaints(spec: Spec): Generator<Complaint> {
  if ((spec.hosts ?? []).length === 0) {
    yield {
      what: 'hosts is empty',
      why: 'Istio refuses a service without a name',
      fix: 'Name at least one host.',
    };
  }
  if (spec.hosts?.includes('*')) {
    yield {
      what: "a host is '*'",
      why: 'Istio refuses it here',
      fix: "Use a domain, such as '*.example.com'.",
    };
  }
  const ports = spec.ports ?? [];
  for (const port of [...duplicates(ports.map(it => it.name)), ...duplicates(ports.map(it => it.number))]) {
    yield {
      what: `two ports are ${JSON.stringify(port)}`,
      why: 'Istio wants the names and the numbers of ports unique',
      fix: 'Change one of them.',
    };
  }
  const cidr = spec.addresses?.find(address => address.includes('/'));
  if (cidr !== undefined && !['NONE', 'STATIC'].includes(spec.resolution ?? 'NONE')) {
    yield {
      what: `the address ${cidr} is a CIDR and the resolution ${spec.resolution}`,
      why: 'Istio allows ranges with NONE and STATIC only',
      fix: 'List single addresses, or change the resolution.',
    };
  }
}

function check(spec: Spec): Complaint[] {
  return [...complaints(spec)];
}
