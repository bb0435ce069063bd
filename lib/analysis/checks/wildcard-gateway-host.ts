import { plainsAt, stringAt, stringsAt } from '../../fleet/plain';
import { KIND } from '../kinds';
import { at, type Check } from '../types';

/** Whether a Gateway says which hosts it is for. */
export const wildcardGatewayHost: Check = {
  code: 'ISM0708',
  name: 'wildcard-gateway-host',
  severity: 'info',
  summary: 'A Gateway that terminates requests names its hosts.',
  why: 'A VirtualService of any namespace may attach routes for any host to it, those of others included.',
  fix: 'Name the hosts, or limit them to namespaces: bookinfo/*.',
  *run(view) {
    for (const { object, spec } of view.configs(KIND.gateway)) {
      const servers = plainsAt(spec, 'servers').filter(
        server => !['AUTO_PASSTHROUGH', 'PASSTHROUGH'].includes(stringAt(server, 'tls', 'mode') ?? ''),
      );
      const ports = servers
        .filter(server => stringsAt(server, 'hosts').some(host => ['*', '*/*'].includes(host)))
        .map(server => stringAt(server, 'port', 'name') ?? '');
      if (ports.length > 0)
        yield { at: at(object), message: `serves every host, for every namespace, on ${ports.join(', ')}` };
    }
  },
};
