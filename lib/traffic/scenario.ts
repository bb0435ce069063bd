import { InputError } from '../fleet/errors';
import type { Fleet } from '../fleet/fleet';
import { LABELS, versionOf } from '../fleet/labels';
import { byText } from '../fleet/plain';
import type { Endpoint } from './model';

/** What can fail. */
export const FAILURE_KINDS = [
  'zone',
  'region',
  'cluster',
  'network',
  'gateway',
  'control-plane',
  'version',
  'pods',
] as const;
/** One of {@link FAILURE_KINDS}. */
export type FailureKind = (typeof FAILURE_KINDS)[number];

/** One thing that fails, by kind and name. */
export interface Failure {
  readonly kind: FailureKind;
  readonly name: string;
}

/**
 * How a failure shows. `unready`: Kubernetes sees it, and the pods are reported as not ready. `failing`: the
 * pods stay ready but every request to them fails, so that only outlier detection can react.
 */
export type FailureMode = 'unready' | 'failing';

/** What fails together, and how it shows. */
export interface Scenario {
  readonly failures: readonly Failure[];
  readonly mode: FailureMode;
}

/** A scenario, worked out for a fleet. */
export interface Condition {
  readonly mode: FailureMode;
  /** Whether a workload's endpoint is down. */
  isDown(endpoint: Endpoint): boolean;
  /** Whether all the pods of a gateway are down because the gateway itself fails. @param service `cluster/namespace/name`. */
  isGatewayDown(service: string): boolean;
  /** Whether the istiod of a config cluster is down: its proxies keep what they were told before. */
  isControlPlaneDown(configCluster: string): boolean;
  /** Whether everything in a place is down, clients as well. */
  isPlaceDown(cluster: string, zone: string): boolean;
  /** Whether pods can be down in places that aren't. */
  readonly hasSinglePods: boolean;
  /** The control planes that are down, by config cluster. */
  readonly planesDown: ReadonlySet<string>;
}

/** `zone=europe-west3-a` and so on. @throws InputError for an unknown kind. */
export function parseFailure(text: string): Failure {
  const at = text.indexOf('=');
  const kind = FAILURE_KINDS.find(known => known === text.slice(0, at));
  if (!kind || at === text.length - 1) {
    throw new InputError(
      `"${text}" is not a failure`,
      `Write KIND=NAME, with one of the kinds ${FAILURE_KINDS.join(', ')}.`,
    );
  }
  return { kind, name: text.slice(at + 1) };
}

/** `zone=europe-west3-a`. */
export function formatFailure({ kind, name }: Failure): string {
  return `${kind}=${name}`;
}

/**
 * Works out what a scenario means in a fleet. A cluster that fails takes its control plane along, and so does a
 * zone that is the only one of its cluster.
 *
 * @throws InputError when a failure names what the fleet doesn't have.
 */
export function conditionOf(fleet: Fleet, scenario: Scenario, endpoints: readonly Endpoint[]): Condition {
  const clustersDown = new Set<string>();
  const zones = new Map<string, Set<string>>();
  const gateways = new Set<string>();
  const planes = new Set<string>();
  const tests: ((endpoint: Endpoint) => boolean)[] = [];
  const failCluster = (name: string) => {
    planes.add(name);
    clustersDown.add(name);
  };
  const isPlaceDown = (cluster: string, zone: string) =>
    clustersDown.has(cluster) || zones.get(cluster)?.has(zone) === true;
  for (const { kind, name } of scenario.failures) {
    const clusters = fleet.clusters.filter(cluster => isMeant(cluster, kind, name));
    switch (kind) {
      case 'cluster':
        failCluster(fleet.cluster(name).name);
        break;
      case 'region':
      case 'network':
        if (clusters.length === 0)
          throw unknown(
            kind,
            name,
            fleet.clusters.map(cluster => cluster[kind]),
          );
        for (const cluster of clusters) failCluster(cluster.name);
        break;
      case 'zone':
        failZone(fleet, name, zones, planes);
        break;
      case 'gateway':
        gateways.add(name);
        break;
      case 'control-plane':
        planes.add(fleet.cluster(name).name);
        break;
      case 'version':
        tests.push(versionTest(name, endpoints));
        break;
      case 'pods':
        tests.push(podsTest(name, endpoints));
        break;
    }
  }
  return {
    mode: scenario.mode,
    isDown: endpoint =>
      isPlaceDown(endpoint.cluster, endpoint.locality.zone) || tests.some(test => test(endpoint)),
    isGatewayDown: service => [...gateways].some(name => service === name || service.startsWith(`${name}/`)),
    isControlPlaneDown: name => planes.has(name),
    isPlaceDown,
    hasSinglePods: tests.length > 0,
    planesDown: planes,
  };
}

/** Every single failure of a fleet: zones, regions, clusters, networks, gateways, control planes. */
export function singleFailures(fleet: Fleet, gateways: readonly string[]): Failure[] {
  const of = (kind: FailureKind, names: Iterable<string>): Failure[] =>
    [...new Set(names)]
      .filter(name => name !== '')
      .sort(byText)
      .map(name => ({ kind, name }));
  const { clusters } = fleet;
  return [
    ...of(
      'zone',
      clusters.flatMap(cluster => cluster.zones),
    ),
    ...of(
      'region',
      clusters.map(cluster => cluster.region),
    ),
    ...of(
      'cluster',
      clusters.map(cluster => cluster.name),
    ),
    ...of(
      'network',
      clusters.map(cluster => cluster.network),
    ),
    ...of('gateway', gateways),
    ...of(
      'control-plane',
      clusters.map(cluster => cluster.configCluster),
    ),
  ];
}

function isMeant(cluster: { region: string; network: string }, kind: FailureKind, name: string): boolean {
  return (kind === 'region' || kind === 'network') && cluster[kind] === name;
}

function failZone(fleet: Fleet, name: string, zones: Map<string, Set<string>>, planes: Set<string>): void {
  const [first, second] = name.split('/');
  const [wantedCluster, zone] = second === undefined ? [undefined, first] : [first, second];
  const hit = fleet.clusters.filter(
    cluster =>
      cluster.zones.includes(zone) && (wantedCluster === undefined || cluster.name === wantedCluster),
  );
  if (hit.length === 0)
    throw unknown(
      'zone',
      name,
      fleet.clusters.flatMap(cluster => cluster.zones),
    );
  for (const cluster of hit) {
    zones.set(cluster.name, (zones.get(cluster.name) ?? new Set()).add(zone));
    if (cluster.zones.length === 1) planes.add(cluster.name);
  }
}

/** `NAMESPACE/APP/VERSION`: the pods with that version whose label `app` (or canonical name) is APP. */
function versionTest(name: string, endpoints: readonly Endpoint[]): (endpoint: Endpoint) => boolean {
  const [namespace, app, version] = name.split('/');
  const test = (endpoint: Endpoint) =>
    endpoint.namespace === namespace && appOf(endpoint) === app && versionOf(endpoint.labels) === version;
  if (version === undefined || !endpoints.some(test)) {
    throw unknown(
      'version',
      name,
      endpoints.map(e => `${e.namespace}/${appOf(e)}/${versionOf(e.labels)}`),
    );
  }
  return test;
}

/** `NAMESPACE/APP:PERCENT`: of each cluster and zone that part of the pods, rounded down, the first by name. */
function podsTest(name: string, endpoints: readonly Endpoint[]): (endpoint: Endpoint) => boolean {
  const match = /^([^/]+)\/([^/:]+):(\d{1,3})%?$/.exec(name);
  const percent = Number(match?.[3]);
  const mine = endpoints.filter(e => match && e.namespace === match[1] && appOf(e) === match[2]);
  if (!match || percent > 100 || mine.length === 0) {
    throw new InputError(
      `"pods=${name}" names no pods of the fleet`,
      'Write pods=NAMESPACE/APP:PERCENT, as in pods=bookinfo/reviews:50.',
    );
  }
  const byZone = new Map<string, Set<string>>();
  for (const { cluster, locality, workload } of mine) {
    const key = `${cluster}/${locality.zone}`;
    byZone.set(key, (byZone.get(key) ?? new Set()).add(workload));
  }
  const down = new Set<string>();
  for (const [key, workloads] of byZone) {
    const sorted = [...workloads].sort(byText);
    for (const workload of sorted.slice(0, Math.floor((sorted.length * percent) / 100)))
      down.add(`${key}/${workload}`);
  }
  return ({ cluster, locality, workload, namespace }) =>
    namespace === match[1] && down.has(`${cluster}/${locality.zone}/${workload}`);
}

function appOf(endpoint: Endpoint): string {
  return endpoint.labels.app ?? endpoint.labels[LABELS.canonicalName] ?? '';
}

function unknown(kind: FailureKind, name: string, known: readonly string[]): InputError {
  const names = [...new Set(known)].filter(text => text !== '').sort(byText);
  return new InputError(`the fleet has no ${kind} "${name}"`, `It has: ${names.join(', ') || 'none'}.`);
}
