/** What every step says: a name of its own, and where its commands go. */
interface StepPlace {
  /** Unique in the plan; `apply.sh --step` takes it. */
  readonly step: string;
  readonly cluster: string;
  /** The cluster's kube context. */
  readonly context: string;
}

/** Applies a manifest file. */
export interface ApplyStep extends StepPlace {
  readonly action: 'apply';
  /** Path in dist. */
  readonly file: string;
}

/** Stops unless a Secret exists. */
export interface SecretStep extends StepPlace {
  readonly action: 'secret';
  readonly namespace: string;
  readonly name: string;
  /** What to do where it is missing. */
  readonly hint: string;
}

interface HelmFields extends StepPlace {
  readonly release: string;
  readonly chart: string;
  readonly version: string;
  readonly namespace: string;
  /** Path of the values file in dist. */
  readonly values: string;
  /** A duration such as `5m`. */
  readonly timeout: string;
  /** Identifies chart, version, namespace and values. */
  readonly digest: string;
}

/** Installs or upgrades a Helm release, unless it is deployed with this digest. */
export interface HelmStep extends HelmFields {
  readonly action: 'helm';
}

/** As {@link HelmStep}, with one value taken from the load balancer of a Service in another cluster. */
export interface HelmAddressStep extends HelmFields {
  readonly action: 'helm-address';
  /** Path of the value in the chart's values. */
  readonly path: string;
  readonly fromContext: string;
  readonly fromNamespace: string;
  readonly fromService: string;
}

/** Installs or upgrades what an IstioOperator file says, with istioctl of that version. */
export interface IstioctlStep extends StepPlace {
  readonly action: 'istioctl';
  /** The version that istioctl must have. */
  readonly version: string;
  /** Path in dist. */
  readonly file: string;
  /** A duration such as `5m`. */
  readonly timeout: string;
}

/** Waits until a Service has a load balancer address. */
export interface AddressStep extends StepPlace {
  readonly action: 'address';
  readonly namespace: string;
  readonly service: string;
  readonly timeout: string;
}

/** `kubectl wait`. */
export interface WaitStep extends StepPlace {
  readonly action: 'wait';
  /** `-` for what has no namespace. */
  readonly namespace: string;
  readonly resource: string;
  /** The expression after `--for=`. */
  readonly condition: string;
  readonly timeout: string;
}

/**
 * Gives an istiod the means to read another cluster (`remote-secret`), or the config cluster that it serves
 * from outside (`config-secret`).
 */
export interface RemoteSecretStep extends StepPlace {
  readonly action: 'remote-secret' | 'config-secret';
  readonly remoteCluster: string;
  readonly remoteContext: string;
  readonly namespace: string;
  /** The Secret in the remote that holds the reader's token. */
  readonly tokenSecret: string;
  readonly timeout: string;
  /** URL of the remote's API server, or `-` for that of the kube context. */
  readonly server: string;
}

/** One step of the apply plan. */
export type PlanStep =
  | ApplyStep
  | SecretStep
  | HelmStep
  | HelmAddressStep
  | IstioctlStep
  | AddressStep
  | WaitStep
  | RemoteSecretStep;

/**
 * The plan as `apply.tsv`: a line a step, fields separated by tabs. The columns are listed in
 * docs/architecture.md; `apply.sh` executes them.
 *
 * @throws TypeError if a field is empty or holds a tab, a line break or another control character, or a step's name occurs twice.
 */
export function planToTsv(steps: readonly PlanStep[]): string {
  const names = new Set<string>();
  return steps
    .map(step => {
      if (names.has(step.step)) throw new TypeError(`The plan has two steps called '${step.step}'.`);
      names.add(step.step);
      return line(step);
    })
    .join('');
}

function line(step: PlanStep): string {
  const fields = [step.step, step.cluster, step.context, step.action, ...args(step)];
  for (const field of fields) {
    if (field === '' || /\p{Cc}|[\u2028\u2029]/u.test(field)) {
      throw new TypeError(
        `Step '${step.step}' has the field ${JSON.stringify(field)}: the plan can't hold it.`,
      );
    }
  }
  return `${fields.join('\t')}\n`;
}

function args(step: PlanStep): string[] {
  switch (step.action) {
    case 'apply':
      return [step.file];
    case 'secret':
      return [step.namespace, step.name, step.hint];
    case 'helm':
      return helmArgs(step);
    case 'helm-address':
      return [...helmArgs(step), step.path, step.fromContext, step.fromNamespace, step.fromService];
    case 'istioctl':
      return [step.version, step.file, step.timeout];
    case 'address':
      return [step.namespace, step.service, step.timeout];
    case 'wait':
      return [step.namespace, step.resource, step.condition, step.timeout];
    case 'remote-secret':
    case 'config-secret':
      return [
        step.remoteCluster,
        step.remoteContext,
        step.namespace,
        step.tokenSecret,
        step.timeout,
        step.server,
      ];
  }
}

function helmArgs(step: HelmFields): string[] {
  return [step.release, step.chart, step.version, step.namespace, step.values, step.timeout, step.digest];
}
