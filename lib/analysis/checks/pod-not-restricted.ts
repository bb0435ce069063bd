import { numberAt, type Plain, plainAt, plainsAt, stringAt, stringsAt, valueAt } from '../../fleet/plain';
import { at, type Check, type Severity } from '../types';
import type { FleetView, PodSet } from '../view';

const LEVEL = 'pod-security.kubernetes.io/';
const VOLUMES = new Set([
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
]);

/** Whether pods keep to the strictest of Kubernetes' Pod Security Standards. */
export const podNotRestricted: Check = {
  code: 'ISM0709',
  name: 'pod-not-restricted',
  severity: 'info',
  summary: 'Pods keep to the Pod Security Standard “restricted”; an error where their namespace enforces it.',
  why: 'A process that is taken over can do more than its work needs. A namespace that enforces the standard refuses the pods.',
  fix: 'Set runAsNonRoot: true, allowPrivilegeEscalation: false, capabilities.drop: [ALL] and seccompProfile.type: RuntimeDefault; use no host resources.',
  *run(view) {
    for (const pod of view.pods) {
      if (pod.isDerived || pod.object.manifest.kind === 'WorkloadEntry') continue;
      const breaches = [...new Set(breachesOf(plainAt(pod.template, 'spec')))];
      if (breaches.length > 0)
        yield {
          at: at(pod.object),
          severity: severityOf(view, pod),
          message: `breaks “restricted”: ${breaches.join(', ')}`,
        };
    }
  },
};

function severityOf(view: FleetView, pod: PodSet): Severity {
  const labels = view.fleet.find(pod.cluster, 'Namespace', '', pod.namespace)?.manifest.metadata.labels ?? {};
  if (labels[`${LEVEL}enforce`] === 'restricted') return 'error';
  return ['warn', 'audit'].some(mode => labels[LEVEL + mode] === 'restricted') ? 'warning' : 'info';
}

/** Source: Kubernetes, Pod Security Standards, "Baseline" and "Restricted". */
function* breachesOf(spec: Plain): Iterable<string> {
  for (const field of ['hostNetwork', 'hostPID', 'hostIPC']) if (spec[field] === true) yield field;
  for (const volume of plainsAt(spec, 'volumes')) {
    const type = Object.keys(volume).find(field => field !== 'name');
    if (type && !VOLUMES.has(type)) yield `a volume of type ${type}`;
  }
  const whole = plainAt(spec, 'securityContext');
  for (const container of [...plainsAt(spec, 'initContainers'), ...plainsAt(spec, 'containers')]) {
    // Injection writes the proxy's own security context.
    if (stringAt(container, 'name') === 'istio-proxy') continue;
    const own = plainAt(container, 'securityContext');
    const setting = (field: string) => valueAt(own, field) ?? valueAt(whole, field);
    if (own.privileged === true) yield 'privileged';
    if (own.allowPrivilegeEscalation !== false) yield 'allowPrivilegeEscalation is not false';
    if (!stringsAt(own, 'capabilities', 'drop').includes('ALL')) yield 'capabilities.drop lacks ALL';
    const added = stringsAt(own, 'capabilities', 'add').filter(name => name !== 'NET_BIND_SERVICE');
    if (added.length > 0) yield `capabilities.add ${added.join(', ')}`;
    if (setting('runAsNonRoot') !== true) yield 'runAsNonRoot is not true';
    if (setting('runAsUser') === 0) yield 'runAsUser is 0';
    const seccomp = stringAt(own, 'seccompProfile', 'type') ?? stringAt(whole, 'seccompProfile', 'type');
    if (seccomp !== 'RuntimeDefault' && seccomp !== 'Localhost') yield 'no seccompProfile';
    if (plainsAt(container, 'ports').some(port => (numberAt(port, 'hostPort') ?? 0) !== 0)) yield 'hostPort';
  }
}
