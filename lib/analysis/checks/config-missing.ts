import type { ControlPlane } from '../../fleet/control-plane';
import { kindKey, namespaceOf } from '../../fleet/fleet';
import { isWildcard, resolveShortName } from '../../fleet/hosts';
import { plainAt, stringAt, stringsAt } from '../../fleet/plain';
import type { FleetObject } from '../../fleet/types';
import { KIND, POLICY_KINDS } from '../kinds';
import { gatewaysOf } from '../routes';
import { hasTarget, podsUnder } from '../selectors';
import { at, type Check } from '../types';
import { type FleetView, groupBy } from '../view';

const POLICIES: readonly string[] = [...POLICY_KINDS, KIND.sidecar, KIND.envoyFilter];
const KINDS = [...POLICIES, KIND.virtualService, KIND.destinationRule, KIND.serviceEntry];

/** Whether configuration that one primary has reaches the others whose proxies need it. */
export const configMissing: Check = {
  code: 'ISM0104',
  name: 'config-missing',
  severity: 'warning',
  summary: 'Configuration for a service or workload is in every config cluster whose proxies it concerns.',
  why: 'Each istiod configures its own proxies from its own config cluster: those of a cluster that lacks the object route, balance or authorize as if it didn’t exist.',
  fix: 'Put the object into the other config cluster too, or limit it where it is (exportTo, a selector) if it is meant for one only.',
  *run(view) {
    if (view.planes.length < 2) return;
    for (const kind of KINDS) {
      const objects = view.planes.flatMap(plane => view.config(plane, kind));
      const groups = groupBy(objects, ({ manifest }) => `${namespaceOf(manifest)}/${manifest.metadata.name}`);
      for (const group of groups.values()) {
        const having = new Set(group.map(object => object.cluster));
        const [first] = group;
        const lacking = view.planes.filter(
          plane => !having.has(plane.cluster) && concerns(view, plane, first),
        );
        if (lacking.length === 0) continue;
        const names = lacking.map(plane => plane.cluster).join(', ');
        yield {
          at: at(first),
          message: `is missing in the config cluster${lacking.length > 1 ? 's' : ''} ${names}, whose proxies it concerns too`,
          related: group.slice(1).map(at),
        };
      }
    }
  },
};

function concerns(view: FleetView, plane: ControlPlane, object: FleetObject): boolean {
  const spec = plainAt(object.manifest, 'spec');
  const namespace = namespaceOf(object.manifest);
  const kind = kindKey(object.manifest);
  const isServed = ({ cluster }: { cluster: string }) =>
    view.fleet.cluster(cluster).configCluster === plane.cluster;
  const hasPods = () => view.podsIn(namespace).some(pod => pod.isInjected && isServed(pod));
  if (POLICIES.includes(kind)) {
    if (hasTarget(object)) return false;
    return podsUnder(view, plane.rootNamespace, object).some(pod => isServed(pod) && pod.isInjected);
  }
  if (kind === KIND.virtualService && !gatewaysOf(spec).includes('mesh')) return false;
  const hosts = kind === KIND.destinationRule ? [stringAt(spec, 'host') ?? ''] : stringsAt(spec, 'hosts');
  const exportTo = stringsAt(spec, 'exportTo');
  if (exportTo.length === 1 && (exportTo[0] === '.' || exportTo[0] === namespace) && !hasPods()) return false;
  return hosts.some(host => {
    const services = view.servicesOf(resolveShortName(host, namespace, plane.domain));
    return services.length > 0
      ? services.some(isServed)
      : isWildcard(host) || kind !== KIND.virtualService
        ? hasPods()
        : false;
  });
}
