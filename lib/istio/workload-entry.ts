import type { Construct } from 'constructs';
import {
  WorkloadEntry as Bound,
  toJson_WorkloadEntrySpec,
  type WorkloadEntrySpec,
} from '../../imports/networking.istio.io';
import type { Plain } from './plain';
import {
  type Complaint,
  type IstioKind,
  IstioResource,
  type IstioResourceProps,
  splitProps,
} from './resource';

type Spec = Plain<WorkloadEntrySpec>;

/** Props of {@link WorkloadEntry}. */
export interface WorkloadEntryProps extends IstioResourceProps {
  /**
   * IP, DNS name, or `unix://` path without ports. May be left out if a network is given: its gateway is used.
   * @default - none
   */
  readonly address?: Spec['address'];
  /**
   * Port numbers by the names of the ServiceEntry's ports.
   * @default - those of the ServiceEntry
   */
  readonly ports?: Spec['ports'];
  /**
   * Labels that ServiceEntries and DestinationRules select by.
   * @default - none
   */
  readonly labels?: Spec['labels'];
  /**
   * Network it is on; another than the client's is reached through its gateway.
   * @default - none
   */
  readonly network?: Spec['network'];
  /**
   * `region/zone/subzone`.
   * @default - none
   */
  readonly locality?: Spec['locality'];
  /**
   * Share among the endpoints of its locality.
   * @default 1
   */
  readonly weight?: Spec['weight'];
  /**
   * Service account of the workload: its identity.
   * @default - none
   */
  readonly serviceAccount?: Spec['serviceAccount'];
}

const KIND: IstioKind<Spec> = {
  ...Bound.GVK,
  layer: 'mesh',
  toJson: toJson_WorkloadEntrySpec,
  check,
};

/**
 * One workload outside Kubernetes, such as a virtual machine, that a ServiceEntry selects by label.
 *
 * @throws ModelError if there is neither an address nor a network, or a unix socket has ports
 * @see https://istio.io/latest/docs/reference/config/networking/workload-entry/
 */
export class WorkloadEntry extends IstioResource<Spec> {
  constructor(scope: Construct, id: string, props: WorkloadEntryProps) {
    super(scope, id, KIND, ...splitProps<Spec>(props));
  }
}

/** @see pkg/config/validation/validation.go validateWorkloadEntry */
function* complaints(spec: Spec): Generator<Complaint> {
  const { address = '', network = '', ports = {} } = spec;
  if (address === '' && network === '') {
    yield {
      what: 'there is neither an address nor a network',
      why: 'Istio refuses a workload that it can not reach in either way',
      fix: 'Set address, or the network whose gateway leads to it.',
    };
  }
  if (address.startsWith('unix://') && Object.keys(ports).length > 0) {
    yield {
      what: `the address ${address} comes with ports`,
      why: 'a unix socket has none, and Istio refuses them',
      fix: 'Leave ports out.',
    };
  }
}

function check(spec: Spec): Complaint[] {
  return [...complaints(spec)];
}
