import { Fleet } from '../../lib/fleet/fleet';
import type { Plain } from '../../lib/fleet/plain';
import type { FleetCluster, FleetObject, HelmRelease } from '../../lib/fleet/types';
import type { Manifest } from '../../lib/manifest';

/** A part of a manifest, to be changed without asking what it is. */
export type Loose = any;

/** A fleet that may be changed. */
export interface Draft {
  clusters: FleetCluster[];
  objects: FleetObject[];
  helm: HelmRelease[];
}

/** One way to break a fleet, and the code that must be found then. */
export interface Mutant {
  readonly name: string;
  readonly code: string;
  apply(draft: Draft): void;
}

/** A copy of a fleet that may be changed. */
export function draftOf(fleet: Fleet): Draft {
  // Equal documents are parsed once and shared: each object gets a copy of its own.
  return {
    clusters: [...fleet.clusters],
    objects: fleet.objects.map(one => structuredClone(one)),
    helm: fleet.helm.map(one => structuredClone(one)),
  };
}

/** The fleet of a draft. */
export function fleetOfDraft({ clusters, objects, helm }: Draft): Fleet {
  return new Fleet({ clusters, objects, helm });
}

/** The spec of an object, to be changed. */
export function spec(draft: Draft, kind: string, name: string, cluster = 'frankfurt'): Loose {
  return object(draft, kind, name, cluster).manifest.spec;
}

/** An object, to be changed. */
export function object(draft: Draft, kind: string, name: string, cluster = 'frankfurt'): FleetObject {
  const found = draft.objects.find(
    o => o.cluster === cluster && o.manifest.kind === kind && o.manifest.metadata.name === name,
  );
  if (!found) throw new Error(`the demo has no ${kind} ${name} in ${cluster}`);
  return found;
}

/** Adds an object. */
export function add(
  draft: Draft,
  kind: string,
  apiVersion: string,
  name: string,
  body: Plain,
  cluster = 'frankfurt',
  namespace = 'bookinfo',
): void {
  const manifest: Manifest = { apiVersion, kind, metadata: { name, namespace }, ...body };
  draft.objects.push({ cluster, file: 'added.yaml', line: 1, manifest });
}

/** Removes an object. */
export function remove(draft: Draft, kind: string, name: string, cluster = 'frankfurt'): void {
  draft.objects.splice(draft.objects.indexOf(object(draft, kind, name, cluster)), 1);
}

/** The values of a release, to be changed. */
export function values(draft: Draft, name: string, cluster = 'frankfurt'): Loose {
  const found = draft.helm.find(release => release.cluster === cluster && release.name === name);
  if (!found) throw new Error(`the demo has no release ${name} in ${cluster}`);
  return found.values;
}

/** Changes what the inventory says of a cluster. */
export function describeCluster(draft: Draft, name: string, change: Partial<FleetCluster>): void {
  draft.clusters = draft.clusters.map(cluster =>
    cluster.name === name ? { ...cluster, ...change } : cluster,
  );
}

/** Every object of a kind in the namespace bookinfo (or that namespace) as `[name, cluster]`. */
export function namesOf(fleet: Fleet, kind: string): [name: string, cluster: string][] {
  return fleet.objects
    .filter(
      ({ manifest }) =>
        manifest.kind === kind && (manifest.metadata.namespace ?? manifest.metadata.name) === 'bookinfo',
    )
    .map(({ manifest, cluster }) => [manifest.metadata.name, cluster]);
}
