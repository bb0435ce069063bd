/**
 * The apply plan: what a script does, step by step, to bring dist onto the clusters. The table of actions is in
 * docs/architecture.md; files are relative to dist.
 */

interface StepBase {
  /** Name of the step; unique in the plan. */
  readonly step: string;
  /** Name of the cluster. */
  readonly cluster: string;
  /** Context of the cluster in the kubeconfig. */
  readonly context: string;
}

/** Applies a file of manifests on the server's side. */
export interface ApplyStep extends StepBase {
  readonly action: 'apply';
  /** File of manifests: `frankfurt/00-namespaces.yaml`. */
  readonly file: string;
}

/** Stops unless a Secret, which is never in dist, exists. */
export interface SecretStep extends StepBase {
  readonly action: 'secret';
  readonly namespace: string;
  readonly name: string;
  /** Printed when it doesn't exist: how to make it. */
  readonly hint: string;
}

/** A release of a Helm chart. */
export interface HelmRelease {
  readonly release: string;
  /** Reference of the chart: a path or `oci://…`. */
  readonly chart: string;
  readonly version: string;
  readonly namespace: string;
  /** File of values: `frankfurt/helm/istiod.yml`. */
  readonly values: string;
  /** As Helm takes it: `5m`. */
  readonly timeout: string;
  /** Of chart, version and values: a release that is deployed with the same one is skipped. */
  readonly digest: string;
}

/** Installs or upgrades a release and waits. */
export interface HelmStep extends StepBase, HelmRelease {
  readonly action: 'helm';
}

/** The same, with one value that is known only at run time. */
export interface HelmAddressStep extends StepBase, HelmRelease {
  readonly action: 'helm-address';
  /** Path of the value: `global.remotePilotAddress`. */
  readonly valuePath: string;
  /** Where the address is that it gets: that of the load balancer of this Service. */
  readonly from: { readonly context: string; readonly namespace: string; readonly service: string };
}

/** Waits until a Service has a load balancer's address. */
export interface AddressStep extends StepBase {
  readonly action: 'address';
  readonly namespace: string;
  readonly service: string;
  /** As kubectl takes it: `300s`. */
  readonly timeout: string;
}

/** `kubectl wait`. */
export interface WaitStep extends StepBase {
  readonly action: 'wait';
  /** @default - the resource isn't in a namespace */
  readonly namespace?: string;
  /** `deployment/istiod`. */
  readonly resource: string;
  /** kubectl's expression: `condition=Available`. */
  readonly for: string;
  /** As kubectl takes it: `300s`. */
  readonly timeout: string;
}

/** Lets the control plane of this cluster read a remote one. The token goes by pipe only. */
export interface RemoteSecretStep extends StepBase {
  readonly action: 'remote-secret';
  readonly remoteCluster: string;
  readonly remoteContext: string;
  readonly namespace: string;
  /** Secret in the remote that holds the reader's token. */
  readonly tokenSecret: string;
  /** How long to wait for the token; as kubectl takes it: `60s`. */
  readonly timeout: string;
  /**
   * URL of the remote's API server as this cluster reaches it.
   * @default - that of the remote context
   */
  readonly server?: string;
}

/** One step of the apply plan. */
export type PlanStep =
  | ApplyStep
  | SecretStep
  | HelmStep
  | HelmAddressStep
  | AddressStep
  | WaitStep
  | RemoteSecretStep;

/** Stands for an argument that isn't there. */
const NONE = '-';

/**
 * The text of `apply.tsv`: one step a line, fields separated by tabs.
 *
 * @throws Error on fields that are empty or hold a tab, a line break or another control character, and on
 *   steps of the same name
 */
export function planToTsv(steps: readonly PlanStep[]): string {
  const names = new Set<string>();
  return steps
    .map(step => {
      if (names.has(step.step)) {
        throw new Error(
          `apply plan: two steps are named ${JSON.stringify(step.step)}; names must be unique.`,
        );
      }
      names.add(step.step);
      const fields = [step.step, step.cluster, step.context, step.action, ...argumentsOf(step)];
      for (const field of fields) checkField(field, step);
      return `${fields.join('\t')}\n`;
    })
    .join('');
}

function argumentsOf(step: PlanStep): string[] {
  switch (step.action) {
    case 'apply':
      return [step.file];
    case 'secret':
      return [step.namespace, step.name, step.hint];
    case 'helm':
      return release(step);
    case 'helm-address':
      return [...release(step), step.valuePath, step.from.context, step.from.namespace, step.from.service];
    case 'address':
      return [step.namespace, step.service, step.timeout];
    case 'wait':
      return [step.namespace ?? NONE, step.resource, step.for, step.timeout];
    case 'remote-secret':
      return [
        step.remoteCluster,
        step.remoteContext,
        step.namespace,
        step.tokenSecret,
        step.timeout,
        step.server ?? NONE,
      ];
  }
}

function release(step: HelmRelease): string[] {
  return [step.release, step.chart, step.version, step.namespace, step.values, step.timeout, step.digest];
}

function checkField(field: string, step: PlanStep): void {
  // An empty field is lost in a shell that splits at tabs.
  if (field !== '' && !/\p{Cc}|[\u2028\u2029]/u.test(field)) return;
  throw new Error(
    `apply plan: step ${JSON.stringify(step.step)} (${step.action}) has the field ${JSON.stringify(field)}, which ` +
      'a line of fields separated by tabs cannot hold; fields are not empty and have no tabs or line breaks.',
  );
}
