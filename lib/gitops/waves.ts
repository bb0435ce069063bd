import type { Problem } from '../errors';
import type { ApplyStep, HelmStep, PlanStep } from '../output/apply-plan';

/** A step of the apply plan that Argo CD takes over. */
export type SyncedStep = ApplyStep | HelmStep;

/** A step with its sync wave. */
export interface Wave {
  readonly step: SyncedStep;
  readonly wave: number;
}

/**
 * The steps that become Applications, in sync waves. The plan's order is kept: steps that follow each other and
 * do the same thing on different clusters share a wave, any other begins the next.
 */
export function waves(steps: readonly PlanStep[]): readonly Wave[] {
  const synced = steps.filter(
    (step): step is SyncedStep => step.action === 'apply' || step.action === 'helm',
  );
  let wave = 0;
  return synced.map((step, index) => {
    if (index > 0 && taskOf(step) !== taskOf(synced[index - 1])) wave++;
    return { step, wave };
  });
}

/** What a step does, without the cluster. */
export function taskOf({ step, cluster }: PlanStep): string {
  return step.startsWith(`${cluster}/`) ? step.slice(cluster.length + 1) : step;
}

/** Why Argo CD can't take over a step, or nothing. */
export function unsyncable(path: string, step: PlanStep): Problem[] {
  if (step.action === 'helm-address') {
    return [
      {
        path,
        what: `the values of release '${step.release}' on '${step.cluster}' lack ${step.path}, the address of a load balancer that the apply plan would wait for`,
        why: 'Argo CD syncs what is in Git, and knows no address that is found at run time',
        fix: "Reserve a static address and give it as 'address' of the primary's controlPlane.",
      },
    ];
  }
  if (step.action === 'istioctl') {
    return [
      {
        path,
        what: `Istio on '${step.cluster}' is installed by istioctl`,
        why: 'Argo CD runs no istioctl',
        fix: "Use the installer 'helm' or 'sail'.",
      },
    ];
  }
  return [];
}
