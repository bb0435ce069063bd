import type { Construct } from 'constructs';
import {
  WorkloadGroup as Bound,
  toJson_WorkloadGroupSpec,
  type WorkloadGroupSpec,
} from '../../imports/networking.istio.io';
import type { Plain } from './plain';
import { type IstioKind, IstioResource, type IstioResourceProps, splitProps } from './resource';

type Spec = Plain<WorkloadGroupSpec>;

/** Props of {@link WorkloadGroup}. */
export interface WorkloadGroupProps extends IstioResourceProps {
  /** What the WorkloadEntries of the group have in common. */
  readonly template: Spec['template'];
  /**
   * Labels and annotations of the WorkloadEntries: `spec.metadata`, not the group's own.
   * @default - none
   */
  readonly entryMetadata?: Spec['metadata'];
  /**
   * How a workload is found ready.
   * @default - not probed
   */
  readonly probe?: Spec['probe'];
}

const KIND: IstioKind<Spec> = { ...Bound.GVK, layer: 'mesh', toJson: toJson_WorkloadGroupSpec };

/**
 * A group of workloads outside Kubernetes: what Deployment is to pods. Those that join by themselves get a
 * WorkloadEntry from its template.
 *
 * @throws ModelError for a bad name, or none of a namespace where one is needed
 * @see https://istio.io/latest/docs/reference/config/networking/workload-group/
 */
export class WorkloadGroup extends IstioResource<Spec> {
  constructor(scope: Construct, id: string, props: WorkloadGroupProps) {
    const { entryMetadata, ...rest } = props;
    const [own, spec] = splitProps<Omit<Spec, 'metadata'>>(rest);
    super(scope, id, KIND, own, { ...spec, ...(entryMetadata && { metadata: entryMetadata }) });
  }
}
