import type { ControlPlane } from '../../fleet/control-plane';
import { namespaceOf } from '../../fleet/fleet';
import { resolveShortName } from '../../fleet/hosts';
import { type Plain, plainsAt, stringAt, stringsAt } from '../../fleet/plain';
import type { FleetObject } from '../../fleet/types';
import { KIND } from '../kinds';
import { gatewaysOf } from '../routes';
import { at, type Check } from '../types';
import type { FleetView } from '../view';

/** Whether an ingress route knows what the mesh's routes for its destination do. */
export const ingressBypassesRules: Check = {
  code: 'ISM0509',
  name: 'ingress-bypasses-rules',
  severity: 'warning',
  istio: ['IST0140'],
  summary: 'A gateway’s route names subsets where a VirtualService for the mesh splits the same host.',
  why: 'A gateway applies one VirtualService, its own: requests from outside go to all versions alike, whatever the mesh’s routes say.',
  fix: 'Name the subsets in the gateway’s VirtualService too, or attach one VirtualService to both the gateway and mesh.',
  *run(view) {
    for (const plane of view.planes) {
      const splits = splitHosts(view, plane);
      for (const object of view.config(plane, KIND.virtualService)) {
        const spec = object.manifest.spec as Plain;
        if (gatewaysOf(spec).every(gateway => gateway === 'mesh') || stringsAt(spec, 'gateways').length === 0)
          continue;
        const reported = new Set<FleetObject>();
        for (const [i, rule] of plainsAt(spec, 'http').entries()) {
          for (const [j, route] of plainsAt(rule, 'route').entries()) {
            if (stringAt(route, 'destination', 'subset')) continue;
            const host = resolveShortName(
              stringAt(route, 'destination', 'host') ?? '',
              namespaceOf(object.manifest),
              plane.domain,
            );
            for (const other of splits.get(host) ?? []) {
              if (other === object || reported.has(other)) continue;
              reported.add(other);
              const { namespace, name } = other.manifest.metadata;
              yield {
                at: at(object),
                message: `http[${i}].route[${j}] sends to ${host} without a subset, past the rules of ${namespace ?? 'default'}/${name}`,
                related: [at(other)],
              };
            }
          }
        }
      }
    }
  },
};

/** VirtualServices for the mesh that route their own host to subsets. */
function splitHosts(view: FleetView, plane: ControlPlane): Map<string, FleetObject[]> {
  const splits = new Map<string, FleetObject[]>();
  for (const object of view.config(plane, KIND.virtualService)) {
    const spec = object.manifest.spec as Plain;
    if (!gatewaysOf(spec).includes('mesh')) continue;
    const full = (host: string) => resolveShortName(host, namespaceOf(object.manifest), plane.domain);
    const routes = plainsAt(spec, 'http').flatMap(rule => plainsAt(rule, 'route'));
    const split = new Set(
      routes
        .filter(route => stringAt(route, 'destination', 'subset'))
        .map(route => full(stringAt(route, 'destination', 'host') ?? '')),
    );
    for (const host of new Set(stringsAt(spec, 'hosts').map(full))) {
      if (split.has(host)) splits.set(host, [...(splits.get(host) ?? []), object]);
    }
  }
  return splits;
}
