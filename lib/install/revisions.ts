import type { Problem } from '../errors';
import type { Mesh } from '../mesh/mesh';
import { dnsLabelProblem } from '../mesh/names';
import { type IstioVersion, istioRelease } from './versions';

/** One control plane of each cluster; a mesh has two while it is upgraded by canary. */
export interface Revision {
  /** Empty for the default revision. */
  readonly name: string;
  /** What the revision adds to a name: `-1-31`, or nothing. */
  readonly suffix: string;
  readonly istioVersion: IstioVersion;
}

/** The control planes of each cluster, the mesh's own first. */
export function revisionsOf(mesh: Mesh): readonly Revision[] {
  const { canary } = mesh;
  return [
    revision(mesh.revision ?? '', mesh.istioVersion),
    ...(canary ? [revision(canary.revision, canary.istioVersion ?? mesh.istioVersion)] : []),
  ];
}

function revision(name: string, istioVersion: IstioVersion): Revision {
  return { name, suffix: name ? `-${name}` : '', istioVersion };
}

/** What is wrong with the revisions that a mesh is declared with. */
export function revisionProblems(mesh: Mesh): Problem[] {
  const { canary } = mesh;
  const names = [mesh.revision, canary?.revision].filter(name => name !== undefined);
  const problems = names.flatMap(name =>
    dnsLabelProblem('mesh', 'revision', name, 'it is part of the names of Services and webhooks'),
  );
  for (const name of names.filter(known => known === 'default')) {
    problems.push({
      path: 'mesh',
      what: `the revision is called '${name}'`,
      why: 'Istio takes that for no revision at all in some places and for a name in others',
      fix: "Leave 'revision' out for the default revision, or choose another name, such as '1-31-1'.",
    });
  }
  if (canary && canary.revision === mesh.revision) {
    problems.push({
      path: 'mesh',
      what: `the canary has the revision '${canary.revision}' of the control plane beside it`,
      why: 'one would replace the other',
      fix: 'Give the canary a revision of its own.',
    });
  }
  if (canary?.istioVersion && !istioRelease(canary.istioVersion)) {
    problems.push({
      path: 'mesh',
      what: `Istio ${canary.istioVersion} of the canary is not supported`,
      why: 'values, ports and behaviour are known for the supported minor versions only',
      fix: 'Use a release of a supported minor version.',
    });
  }
  if (canary && mesh.dataPlane === 'ambient') {
    problems.push({
      path: 'mesh',
      what: `an ambient mesh has the canary '${canary.revision}'`,
      why: 'a node has one ztunnel, which one istiod serves: namespaces could not move one by one',
      fix: "Upgrade in place: change 'istioVersion'.",
    });
  }
  return problems;
}
