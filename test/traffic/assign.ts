import type { IstioVersion } from '../../lib/fleet/control-plane';
import { type ExpandOptions, expand } from '../../lib/fleet/expand/expand';
import type { Fleet } from '../../lib/fleet/fleet';
import { type Assignment, assign } from '../../lib/traffic/assignment';
import { formatLocality } from '../../lib/traffic/locality';
import type { Endpoint, Health } from '../../lib/traffic/model';
import { buildWorld, type ClientPlace, planeOf, proxyAt } from '../../lib/traffic/world';

/** What a test asks. */
export interface Question extends Partial<ClientPlace> {
  readonly cluster: string;
  readonly zone: string;
  /** Name of a service in bookinfo; by default reviews. */
  readonly service?: string;
  /** Host of the service, instead of one in bookinfo. */
  readonly host?: string;
  readonly subset?: string;
  readonly version?: IstioVersion;
  readonly expand?: ExpandOptions;
  readonly healthOf?: (endpoint: Endpoint) => Health;
  readonly isSniDnat?: boolean;
}

/** The assignment of an unexpanded fleet. */
export function ask(fleet: Fleet, question: Question): Assignment {
  const world = buildWorld(expand(fleet, question.expand).fleet, question.version);
  const view = planeOf(world, question.cluster);
  const host = question.host ?? `${question.service ?? 'reviews'}.bookinfo.svc.cluster.local`;
  const [service] = view.services.get(host) ?? [];
  if (!service) throw new Error(`no service ${host}`);
  return assign(view, {
    proxy: proxyAt(world, { namespace: 'bookinfo', ...question }),
    service,
    port: service.ports[0],
    subset: question.subset,
    healthOf: question.healthOf,
    isSniDnat: question.isSniDnat,
  });
}

/** One line per group: `p0 w3 region/zone/: 2 direct, 198.18.0.2:15443*4`. */
export function lines(assignment: Assignment): string[] {
  return assignment.localities.map(({ locality, priority, weight, endpoints }) => {
    const own = endpoints.filter(endpoint => !endpoint.via);
    const unhealthy = own.filter(endpoint => endpoint.health !== 'healthy').length;
    const parts = [
      ...(own.length > 0 ? [`${own.length} direct${unhealthy > 0 ? ` (${unhealthy} unhealthy)` : ''}`] : []),
      ...endpoints.filter(endpoint => endpoint.via).map(endpoint => `${endpoint.address}*${endpoint.weight}`),
    ];
    return `p${priority} w${weight ?? '-'} ${formatLocality(locality)}: ${parts.join(', ') || 'none'}`;
  });
}
