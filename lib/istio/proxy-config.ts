import type { Construct } from 'constructs';
import {
  ProxyConfig as Bound,
  type ProxyConfigSpec,
  toJson_ProxyConfigSpec,
} from '../../imports/networking.istio.io';
import type { Plain } from './plain';
import {
  type Complaint,
  type IstioKind,
  IstioResource,
  type IstioResourceProps,
  splitProps,
} from './resource';

type Spec = Plain<ProxyConfigSpec>;

/** Props of {@link ProxyConfig}. */
export interface ProxyConfigProps extends IstioResourceProps {
  /**
   * Labels of the workloads in its namespace that it applies to.
   * @default - all workloads of the namespace
   */
  readonly selector?: Spec['selector'];
  /**
   * Worker threads; 0 is one per core.
   * @default - from the CPU limit, else 2
   */
  readonly concurrency?: Spec['concurrency'];
  /**
   * Additional environment of the proxy; values are strings.
   * @default - none
   */
  readonly environmentVariables?: Spec['environmentVariables'];
  /**
   * The type of image, such as `distroless`.
   * @default - that of the installation
   */
  readonly image?: Spec['image'];
}

const KIND: IstioKind<Spec> = {
  ...Bound.GVK,
  layer: 'mesh',
  toJson: toJson_ProxyConfigSpec,
  check,
};

/**
 * Settings of proxies that are fixed when they start; pods must be restarted for a change.
 *
 * @throws ModelError if the concurrency is negative
 * @see https://istio.io/latest/docs/reference/config/networking/proxy-config/
 */
export class ProxyConfig extends IstioResource<Spec> {
  constructor(scope: Construct, id: string, props: ProxyConfigProps) {
    super(scope, id, KIND, ...splitProps<Spec>(props));
  }
}

/** @see pkg/config/validation/validation.go validateConcurrency */
function check({ concurrency = 0 }: Spec): Complaint[] {
  if (concurrency >= 0) return [];
  return [
    {
      what: `concurrency is ${concurrency}`,
      why: 'Istio refuses a negative number of threads',
      fix: 'Use 0 for one per core, or leave it out.',
    },
  ];
}
