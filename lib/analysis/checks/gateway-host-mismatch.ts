import { hostMatches } from '../../fleet/hosts';
import { plainsAt, stringsAt } from '../../fleet/plain';
import { KIND } from '../kinds';
import { gatewayName, gatewaysOf } from '../routes';
import { at, type Check } from '../types';

/** Whether a gateway serves any of the hosts of a VirtualService that is attached to it. */
export const gatewayHostMismatch: Check = {
  code: 'ISM0504',
  name: 'gateway-host-mismatch',
  severity: 'warning',
  istio: ['IST0132'],
  summary: 'A Gateway serves at least one host of each VirtualService that names it.',
  why: 'The routes never take effect on that gateway: requests to their hosts are answered with 404.',
  fix: 'Add the host to a server of the Gateway (it may be limited to namespaces: namespace/host), or correct it here.',
  *run(view) {
    for (const { plane, object, spec, namespace } of view.configs(KIND.virtualService)) {
      const hosts = stringsAt(spec, 'hosts');
      for (const reference of gatewaysOf(spec)) {
        const [ns, name] = gatewayName(reference, namespace).split('/');
        const gateway =
          reference === 'mesh' ? undefined : view.fleet.find(plane.cluster, KIND.gateway, ns, name);
        if (!gateway || hosts.length === 0) continue;
        const served = plainsAt(gateway.manifest, 'spec', 'servers')
          .flatMap(server => stringsAt(server, 'hosts'))
          .filter(host => isFor(host, ns, namespace))
          .map(host => host.slice(host.indexOf('/') + 1));
        if (served.some(one => hosts.some(host => overlaps(one, host)))) continue;
        yield {
          at: at(object),
          message: `is for ${hosts.join(', ')}, none of which Gateway ${ns}/${name} serves for namespace ${namespace}${served.length > 0 ? ` (it serves ${served.join(', ')})` : ''}`,
          related: [at(gateway)],
        };
      }
    }
  },
};

/** `namespace/host`: `*` is every namespace, `.` the Gateway's own. */
function isFor(host: string, own: string, namespace: string): boolean {
  const slash = host.indexOf('/');
  const limit = slash < 0 ? '*' : host.slice(0, slash);
  return limit === '*' || (limit === '.' ? own : limit) === namespace;
}

/** Source: Istio `pkg/config/host/name.go` Name.Matches: of two wildcards the wider may be either. */
function overlaps(a: string, b: string): boolean {
  return hostMatches(a, b.replace(/^\*/, '')) || hostMatches(b, a.replace(/^\*/, ''));
}
