import type { Problem } from '../errors';
import type { Cluster } from '../mesh/cluster';
import type { Mesh } from '../mesh/mesh';
import { hasWaypoint, whatNeedsWaypoint } from '../mesh/waypoint';
import { servedBy } from './host';
import { revisionsOf } from './revisions';
import {
  exposesIstiod,
  hasEastWestGateway,
  installerOf,
  istiodHost,
  remotesOf,
  spansNetworks,
} from './topology';
import { type ValueConflict, valueConflicts } from './user-values';
import { topologyValues, userValues } from './values';

/** Everything about the installation of Istio that needs the whole mesh, and that would not work. */
export function installProblems(mesh: Mesh): Problem[] {
  // What a remote is given depends on its primary; that it exists is somebody else's check.
  const isResolved = ({ controlPlane: plane }: Cluster) =>
    plane.role !== 'remote' || mesh.findCluster(plane.primary)?.isConfigCluster === true;
  if (!mesh.clusters.every(isResolved)) return [];
  return [
    ...(mesh.dataPlane === 'ambient' ? ambientProblems(mesh) : []),
    ...hostProblems(mesh),
    ...mesh.clusters.flatMap(cluster => [
      ...addressProblems(cluster, mesh),
      ...gatewayProblems(cluster, mesh),
    ]),
    ...conflictProblems(mesh),
    ...namespaceProblems(mesh),
  ];
}

/** What ambient multi-cluster doesn't support: https://istio.io/latest/docs/ambient/install/multicluster/ */
function ambientProblems(mesh: Mesh): Problem[] {
  const problems: Problem[] = [];
  const networks = new Map<string, Cluster>();
  for (const cluster of mesh.clusters) {
    const path = cluster.clusterName;
    const { role } = cluster.controlPlane;
    if (role !== 'primary') {
      problems.push({
        path,
        what: `it is ${role === 'remote' ? 'a remote' : 'served by an external istiod'} in an ambient mesh`,
        why: 'Istio supports ambient multi-cluster with an istiod in each cluster only',
        fix: "Give it controlPlane: { role: 'primary' }, or use dataPlane: 'sidecar'.",
      });
    }
    if (installerOf(cluster) === 'istioctl') {
      problems.push({
        path,
        what: "its installer is 'istioctl' in an ambient mesh",
        why: 'its files are made for sidecar models only',
        fix: "Use the installer 'helm' or 'sail'.",
      });
    }
    const kind = cluster.eastWestGateway.kind;
    if (kind && kind !== 'gateway-api') {
      problems.push({
        path,
        what: `its east-west gateway is of kind '${kind}' in an ambient mesh`,
        why: 'that is a gateway for sidecars, at port 15443: ztunnels speak HBONE, at port 15008, which only a Gateway of class istio-east-west does',
        fix: "Leave 'kind' out, or use dataPlane: 'sidecar'.",
      });
    }
    const other = networks.get(cluster.networkName);
    if (other) {
      problems.push({
        path,
        what: `it is on network '${cluster.networkName}', as '${other.clusterName}' is, in an ambient mesh`,
        why: 'ambient multi-cluster is supported with a network per cluster only: istiod uses one east-west gateway of a network, and endpoints behind the others are lost',
        fix: "Give each cluster a network of its own, or use dataPlane: 'sidecar'.",
      });
    }
    networks.set(cluster.networkName, cluster);
  }
  const waypoint = mesh.namespaces.find(hasWaypoint);
  if (waypoint && mesh.clusters.length > 1 && mesh.istioVersion === '1.31.0') {
    problems.push({
      path: waypoint.namespaceName,
      what: 'it has a waypoint, in an ambient mesh of several clusters with Istio 1.31.0',
      why: 'that release leaves waypoints out of the identities that a service of another cluster may have, so requests to it are refused (istio#61609)',
      fix: 'Use a later release, or leave out what needs the waypoint.',
    });
  }
  return problems;
}

function hostProblems(mesh: Mesh): Problem[] {
  const hosts = new Map<string, Cluster>();
  const problems: Problem[] = [];
  for (const cluster of mesh.clusters) {
    const plane = cluster.controlPlane;
    if (plane.role !== 'external') continue;
    const path = cluster.clusterName;
    const { hostName } = plane.host;
    const other = hosts.get(hostName);
    hosts.set(hostName, cluster);
    if (!mesh.controlPlaneHosts.includes(plane.host)) {
      problems.push({
        path,
        what: `its host '${hostName}' is not of this mesh`,
        why: 'nothing would be rendered for it',
        fix: `Declare new ControlPlaneHost(mesh, '${hostName}') in the same mesh.`,
      });
    }
    if (other) {
      problems.push({
        path,
        what: `its host '${hostName}' runs the istiod of '${other.clusterName}' already`,
        why: `an istiod runs in the namespace of the same name as in the clusters it serves, ${mesh.systemNamespace}, so a host has one`,
        fix: `Give it a host of its own, or make it a remote of '${other.clusterName}'.`,
      });
    }
    if (mesh.canary) {
      problems.push({
        path,
        what: `its istiod runs outside, and the mesh has the canary '${mesh.canary.revision}'`,
        why: 'both would answer at one address, where an injection URL names no revision',
        fix: "Upgrade in place: change 'istioVersion' without a canary.",
      });
    }
    if (installerOf(cluster) !== 'helm') {
      problems.push({
        path,
        what: `its istiod runs outside, and its installer is '${installerOf(cluster)}'`,
        why: 'its host is installed by Helm only, and the two have to agree',
        fix: "Use the installer 'helm' for it.",
      });
    }
  }
  for (const host of mesh.controlPlaneHosts) {
    if (servedBy(host)) continue;
    problems.push({
      path: host.hostName,
      what: 'it hosts the control plane of no cluster',
      why: 'an istiod without a config cluster has nothing to serve',
      fix: "Name it in a cluster's controlPlane: { role: 'external', host, address }, or remove it.",
    });
  }
  return problems;
}

/** How remotes find their istiod. */
function addressProblems(cluster: Cluster, mesh: Mesh): Problem[] {
  const path = cluster.clusterName;
  const problems: Problem[] = [];
  const plane = cluster.controlPlane;
  if (exposesIstiod(cluster) && plane.role === 'primary') {
    const names = remotesOf(cluster)
      .map(({ clusterName }) => clusterName)
      .join(', ');
    if (cluster.platform === 'eks' && !plane.address) {
      problems.push({
        path,
        what: `it is on platform 'eks', serves ${names}, and its control plane has no address`,
        why: 'load balancers have host names only there, so the remotes must call the injection webhook by a name, which has to be in the certificate of istiod',
        fix: "Give controlPlane: { role: 'primary', address: 'istiod.example.com' } and a DNS entry of that name for the load balancer of its east-west gateway.",
      });
    }
    if (istiodHost(cluster) && mesh.canary) {
      problems.push({
        path,
        what: `its istiod is reached at the name '${istiodHost(cluster)}', and the mesh has the canary '${mesh.canary.revision}'`,
        why: 'both would answer at that name, where an injection URL names no revision',
        fix: 'Give it a static IP address instead, or upgrade in place.',
      });
    }
    const remote = remotesOf(cluster).find(served => installerOf(served) !== 'helm');
    if (remote && !plane.address) {
      problems.push({
        path: remote.clusterName,
        what: `its installer is '${installerOf(remote)}', and the control plane of '${path}' has no address`,
        why: 'only Helm releases can be given an address that is found out when the plan is applied',
        fix: `Give '${path}' controlPlane: { role: 'primary', address } with a static IP or a DNS name, or use the installer 'helm'.`,
      });
    }
  }
  return problems;
}

function gatewayProblems(cluster: Cluster, mesh: Mesh): Problem[] {
  const path = cluster.clusterName;
  const { kind, address } = cluster.eastWestGateway;
  const problems: Problem[] = [];
  if ((kind || address) && !hasEastWestGateway(cluster)) {
    problems.push({
      path,
      what: 'it is given an east-west gateway that it would not have',
      why: spansNetworks(mesh)
        ? 'no other network sends to it'
        : 'the mesh is one network, and it serves no remote',
      fix: "Leave 'eastWestGateway' out.",
    });
  }
  if (kind === 'gateway-api' && cluster.controlPlane.role === 'remote') {
    problems.push({
      path,
      what: "its east-west gateway is of kind 'gateway-api', and it is a remote",
      why: 'istiod deploys Gateways of the Gateway API only in the cluster that it reads its configuration from',
      fix: "Use the kind 'helm' or 'manifests'.",
    });
  }
  return problems;
}

/** Each place of the mesh's own values once, for the first cluster that it can't be true of. */
function conflictProblems(mesh: Mesh): Problem[] {
  const reported = new Set<string>();
  return mesh.clusters.flatMap(cluster => {
    const needed = topologyValues(cluster, revisionsOf(mesh)[0]);
    return userValues(cluster).flatMap(({ where, values }) =>
      valueConflicts(values, needed).flatMap(conflict => {
        const key = `${where} ${conflict.path}`;
        if (reported.has(key)) return [];
        reported.add(key);
        return [conflictProblem(cluster, where, conflict)];
      }),
    );
  });
}

function conflictProblem({ clusterName }: Cluster, where: string, conflict: ValueConflict): Problem {
  const { path, given, needed } = conflict;
  const wanted = needed === undefined ? 'unset' : JSON.stringify(needed);
  return {
    path: clusterName,
    what: `the values of ${where === 'mesh' ? 'the mesh' : `cluster '${where}'`} set ${path} to ${JSON.stringify(given)}, but its place in the mesh needs it ${wanted === 'unset' ? wanted : `to be ${wanted}`}`,
    why: 'names, networks and addresses of the clusters have to agree with each other',
    fix: 'Remove the value, and change the model instead.',
  };
}

function namespaceProblems(mesh: Mesh): Problem[] {
  const known = revisionsOf(mesh).map(({ name }) => name);
  return mesh.namespaces.flatMap(namespace => {
    const path = namespace.namespaceName;
    const problems: Problem[] = [];
    if (namespace.revision !== undefined && !known.includes(namespace.revision)) {
      problems.push({
        path,
        what: `its revision '${namespace.revision}' is neither the mesh's nor its canary's`,
        why: 'no webhook would inject its pods: they would run outside of the mesh',
        fix: `Use one of: ${known.filter(name => name !== '').join(', ') || "none, as the mesh has no 'revision'"}.`,
      });
    }
    const need = whatNeedsWaypoint(namespace);
    if (mesh.dataPlane === 'ambient' && need && !hasWaypoint(namespace)) {
      problems.push({
        path,
        what: `it has no waypoint, but ${need} needs one`,
        why: 'ztunnel knows neither routes by request nor DestinationRules: it would have no effect',
        fix: "Leave 'waypoint' out, or remove what needs it.",
      });
    }
    if (namespace.waypoint && mesh.dataPlane !== 'ambient') {
      problems.push({
        path,
        what: 'it has a waypoint in a mesh of sidecars',
        why: 'each pod has a proxy of its own, and nothing would send through the waypoint',
        fix: "Leave 'waypoint' out, or use dataPlane: 'ambient'.",
      });
    }
    return problems;
  });
}
