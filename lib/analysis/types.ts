import type { FleetObject, HelmRelease } from '../fleet/types';
import type { FleetView } from './view';

/** How bad a finding is: `error` breaks traffic or security, `warning` probably does, `info` is worth knowing. */
export type Severity = 'error' | 'warning' | 'info';

/** The severities, worst first. */
export const SEVERITIES: readonly Severity[] = ['error', 'warning', 'info'];

/** What a finding is about; namespace is empty for what has none. */
export interface ResourceRef {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** A place in the input. */
export interface Place {
  readonly cluster: string;
  readonly resource: ResourceRef;
  /** File as it was named when loading; empty for objects from memory. */
  readonly file: string;
  /** From 1; 0 for objects from memory. */
  readonly line: number;
  /** The object itself where there is one: its annotations may silence findings. */
  readonly object?: FleetObject;
}

/** What analysis reports. */
export interface Finding {
  readonly code: string;
  readonly severity: Severity;
  /** What is wrong, with the bad value in it. */
  readonly message: string;
  /** What it does to traffic or security. */
  readonly why: string;
  /** The way out. */
  readonly fix: string;
  /** Clusters it was found in, sorted. */
  readonly clusters: readonly string[];
  readonly resource: ResourceRef;
  readonly file: string;
  readonly line: number;
  /** Further places: the same finding in other clusters, or the other half of a contradiction. */
  readonly related: readonly RelatedPlace[];
}

/** A further place of a finding. */
export interface RelatedPlace {
  readonly cluster: string;
  readonly resource: ResourceRef;
  readonly file: string;
  readonly line: number;
}

/** What a check hands back; the frame adds what is the same for all of its findings. */
export interface Report {
  readonly at: Place;
  readonly message: string;
  /** By default the check's. */
  readonly why?: string;
  /** By default the check's. */
  readonly fix?: string;
  /** By default the check's. */
  readonly severity?: Severity;
  readonly related?: readonly Place[];
}

/** One rule. */
export interface Check {
  /** `ISM` and four digits, never given to another rule. */
  readonly code: string;
  /** Name of its file and of its page in the docs. */
  readonly name: string;
  readonly severity: Severity;
  /** What it looks at, in one sentence. */
  readonly summary: string;
  readonly why: string;
  readonly fix: string;
  /** Codes of the rules of `istioctl analyze` that see the same. */
  readonly istio?: readonly string[];
  /** Codes of Kiali's validations that see the same. */
  readonly kiali?: readonly string[];
  run(view: FleetView): Iterable<Report>;
}

/** The place of an object. */
export function at(object: FleetObject): Place {
  const { kind, metadata } = object.manifest;
  const resource = { kind, namespace: metadata.namespace ?? '', name: metadata.name };
  return { cluster: object.cluster, resource, file: object.file, line: object.line, object };
}

/** The place of the values of a Helm release. */
export function atRelease(release: HelmRelease): Place {
  const resource = { kind: 'HelmRelease', namespace: release.namespace, name: release.name };
  return { cluster: release.cluster, resource, file: release.file, line: 1 };
}

/** A cluster as a whole, for what no single object says. */
export function atCluster(cluster: string): Place {
  return { cluster, resource: { kind: 'Cluster', namespace: '', name: cluster }, file: '', line: 0 };
}
