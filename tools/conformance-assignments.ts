/**
 * For the judge of endpoints: the expanded fleet of every folder, and what this library says that a proxy in each
 * zone is told for every service, port and subset. JSON on standard output; conformance/internal/endpoints reads it.
 *
 * Usage: tsx tools/conformance-assignments.ts [--random N] DIR…
 * With --random also N made-up meshes, always the same ones: mesh i is made from seed i.
 */
import { parseArgs } from 'node:util';
import { stringify } from 'yaml';
import { expand } from '../lib/fleet/expand/expand';
import type { Fleet } from '../lib/fleet/fleet';
import { loadDist } from '../lib/fleet/load';
import type { FleetObject } from '../lib/fleet/types';
import { assign } from '../lib/traffic/assignment';
import type { ClientProxy, Service } from '../lib/traffic/model';
import { buildWorld, type PlaneView, proxyAt } from '../lib/traffic/world';
import { randomFleet } from './conformance-random';

/** What istiod reads of every cluster, beside configuration. */
const CORE_KINDS = ['Namespace', 'Node', 'Pod', 'Service', 'EndpointSlice.discovery.k8s.io'];
/** Groups of what it reads from the config cluster. */
const CONFIG_GROUP = /\.(networking|security)\.istio\.io$/;

function assignmentsOf(dir: string, given: Fleet) {
  const { fleet } = expand(given);
  const world = buildWorld(fleet, '1.31');
  const clusters = fleet.clusters.map(({ name }) => ({
    name,
    objects: text(CORE_KINDS.flatMap(kind => fleet.ofKind(kind, name))),
  }));
  const planes = [...world.planes].map(([cluster, { plane }]) => ({
    cluster,
    meshConfig: stringify(plane.meshConfig),
    config: text(fleet.objects.filter(object => object.cluster === cluster && isConfig(object))),
  }));
  const questions = fleet.clusters.flatMap(cluster => {
    const view = world.planes.get(cluster.configCluster)!;
    const zones = cluster.zones.length > 0 ? cluster.zones : [''];
    return [...view.services.values()]
      .flat()
      .flatMap(service =>
        zones.flatMap(zone =>
          ask(
            fleet,
            view,
            service,
            proxyAt(world, { cluster: cluster.name, zone, namespace: service.namespace }),
          ),
        ),
      );
  });
  return { dir, clusters, planes, questions };
}

/** Every port and subset of a service, asked by one proxy. Only what istiod itself answers by EDS is asked. */
function ask(fleet: Fleet, view: PlaneView, service: Service, proxy: ClientProxy) {
  if (service.resolution !== 'eds') return [];
  return service.ports.flatMap(port =>
    ['', ...subsetsOf(fleet, view, service)].map(subset => ({
      plane: view.plane.cluster,
      proxy,
      name: `outbound|${port.number}|${subset}|${service.host}`,
      localities: assign(view, { proxy, service, port, subset })
        .localities.filter(({ endpoints }) => endpoints.length > 0)
        .map(({ locality, priority, weight, endpoints }) => ({
          ...locality,
          priority,
          weight,
          endpoints: endpoints.map(({ address, weight, health }) => ({ address, weight, health })),
        })),
    })),
  );
}

/** Names of the subsets that any DestinationRule for the host declares. */
function subsetsOf(fleet: Fleet, view: PlaneView, service: Service): string[] {
  const names = new Set<string>();
  for (const { manifest } of fleet.ofKind('DestinationRule.networking.istio.io', view.plane.cluster)) {
    const spec = manifest.spec as { host: string; subsets?: { name: string }[] };
    if (spec.host === service.host || spec.host === service.name) {
      for (const { name } of spec.subsets ?? []) names.add(name);
    }
  }
  return [...names].sort();
}

function isConfig({ manifest }: FleetObject): boolean {
  return CONFIG_GROUP.test(`${manifest.kind}.${manifest.apiVersion.split('/')[0]}`);
}

function text(objects: readonly FleetObject[]): string {
  return objects.map(({ manifest }) => stringify(manifest)).join('\n---\n');
}

const { values, positionals } = parseArgs({
  options: { random: { type: 'string' } },
  allowPositionals: true,
});
const random = Array.from({ length: Number(values.random ?? 0) }, (_, i) => i + 1);
process.stdout.write(
  JSON.stringify([
    ...positionals.map(dir => assignmentsOf(dir, loadDist(dir))),
    ...random.map(seed => assignmentsOf(`seed ${seed}`, randomFleet(seed))),
  ]),
);
