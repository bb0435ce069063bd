import type { AssignedLocality, Endpoint } from './model';
import type { ServicePolicy } from './policy';
import type { PlaneView } from './world';

const ALL_HEALTHY = new WeakMap<readonly Endpoint[], boolean>();

/**
 * What can be sent to when endpoints are reported unready, taken from what could be sent to before: an endpoint
 * is left out, or stays marked where such endpoints are sent (see readiness.ts).
 *
 * @returns undefined where that isn't all that changes: gateways stand for several endpoints, and of endpoints
 * that weren't healthy before some may only come in now.
 */
export function withoutUnready(
  groups: readonly AssignedLocality[],
  view: PlaneView,
  host: string,
  { sendsUnhealthy }: ServicePolicy,
  isDown: (endpoint: Endpoint) => boolean,
): readonly AssignedLocality[] | undefined {
  if (view.gateways.all.length > 0 || !areAllHealthy(view.endpointsOf(host))) return undefined;
  const left: AssignedLocality[] = [];
  for (const group of groups) {
    if (!group.endpoints.some(({ endpoints }) => isDown(endpoints[0]))) {
      left.push(group);
      continue;
    }
    const endpoints = sendsUnhealthy
      ? group.endpoints.map(assigned => {
          const [endpoint] = assigned.endpoints;
          if (!isDown(endpoint)) return assigned;
          return {
            ...assigned,
            health: 'unhealthy' as const,
            endpoints: [{ ...endpoint, health: 'unhealthy' as const }],
          };
        })
      : group.endpoints.filter(assigned => !isDown(assigned.endpoints[0]));
    if (endpoints.length === 0) continue;
    left.push({ ...group, endpoints, weight: endpoints.reduce((sum, { weight }) => sum + weight, 0) });
  }
  return left;
}

function areAllHealthy(endpoints: readonly Endpoint[]): boolean {
  const known = ALL_HEALTHY.get(endpoints);
  if (known !== undefined) return known;
  const found = endpoints.every(({ health }) => health === 'healthy');
  ALL_HEALTHY.set(endpoints, found);
  return found;
}
