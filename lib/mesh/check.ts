import type { Problem } from '../errors';
import { installProblems } from '../install/check';
import { overlaps, parseCidr } from './cidr';
import { Cluster } from './cluster';
import type { LocalityPolicy } from './locality';
import type { Mesh } from './mesh';
import { findService, placedClusters } from './model';
import { byText, sortedEntries } from './names';
import type { MeshService } from './service';
import type { ServiceRef } from './service-props';

/** Everything that is wrong with a mesh as a whole: what no construct can see by itself. */
export function meshProblems(mesh: Mesh): Problem[] {
  return [
    ...clusterProblems(mesh),
    ...networkProblems(mesh),
    ...controlPlaneProblems(mesh),
    ...rangeProblems(mesh),
    ...installProblems(mesh),
    ...mesh.services.flatMap(service => serviceProblems(service, mesh)),
    ...ingressProblems(mesh),
    ...constructProblems(mesh),
  ];
}

function clusterNames(mesh: Mesh): string {
  return mesh.clusters.map(({ clusterName }) => clusterName).join(', ') || 'none';
}

function unknownCluster(path: string, name: string, what: string, mesh: Mesh): Problem {
  return {
    path,
    what: `${what} '${name}', which is no cluster of this mesh`,
    why: 'nothing would be rendered for it',
    fix: `Use one of: ${clusterNames(mesh)}.`,
  };
}

function clusterProblems(mesh: Mesh): Problem[] {
  if (mesh.clusters.length === 0) {
    return [
      {
        path: 'mesh',
        what: 'the mesh has no cluster',
        why: 'there is nothing to render',
        fix: 'Declare at least one Cluster under it.',
      },
    ];
  }
  const problems: Problem[] = [];
  const contexts = new Map<string, Cluster>();
  for (const cluster of mesh.clusters) {
    const other = contexts.get(cluster.context);
    if (other) {
      problems.push({
        path: cluster.clusterName,
        what: `its kube context '${cluster.context}' is also that of '${other.clusterName}'`,
        why: 'the apply plan would put the manifests of both on one cluster',
        fix: 'Give each cluster its own context.',
      });
    }
    contexts.set(cluster.context, cluster);
  }
  return problems;
}

function networkProblems(mesh: Mesh): Problem[] {
  return mesh.clusters.flatMap(cluster => {
    const ref = cluster.networkRef;
    if (
      typeof ref === 'string'
        ? mesh.networks.some(network => network.networkName === ref)
        : mesh.networks.includes(ref)
    ) {
      return [];
    }
    return [
      {
        path: cluster.clusterName,
        what: `its network '${cluster.networkName}' is not declared in this mesh`,
        why: 'a misspelt name would make it a network of its own, without a gateway',
        fix: `Declare new Network(mesh, '${cluster.networkName}'), or use one of: ${
          mesh.networks.map(({ networkName }) => networkName).join(', ') || 'none'
        }.`,
      },
    ];
  });
}

function controlPlaneProblems(mesh: Mesh): Problem[] {
  return mesh.clusters.flatMap(cluster => {
    const plane = cluster.controlPlane;
    if (plane.role !== 'remote') return [];
    const path = cluster.clusterName;
    const primary = mesh.findCluster(plane.primary);
    if (!primary || !mesh.clusters.includes(primary)) {
      const name = typeof plane.primary === 'string' ? plane.primary : plane.primary.clusterName;
      return [unknownCluster(path, name, 'its primary is', mesh)];
    }
    if (primary.isConfigCluster) return [];
    return [
      {
        path,
        what: `its primary '${primary.clusterName}' is itself a remote`,
        why: 'no istiod runs there that could serve it',
        fix: `Name a cluster with the role 'primary' or 'external': ${
          mesh.clusters
            .filter(({ isConfigCluster }) => isConfigCluster)
            .map(({ clusterName }) => clusterName)
            .join(', ') || 'none yet'
        }.`,
      },
    ];
  });
}

function rangeProblems(mesh: Mesh): Problem[] {
  const ranges = mesh.clusters.flatMap(cluster =>
    cluster.podCidrs.map(text => ({ cluster, cidr: parseCidr(text)! })),
  );
  return ranges.flatMap(({ cluster, cidr }, index) =>
    ranges
      .slice(index + 1)
      .filter(other => other.cluster.networkName === cluster.networkName && overlaps(cidr, other.cidr))
      .map(other => ({
        path: other.cluster.clusterName,
        what: `its pod range ${other.cidr.text} overlaps with ${cidr.text} of '${cluster.clusterName}' on network '${cluster.networkName}'`,
        why: 'on one network a pod IP must mean one pod: requests would reach the wrong one',
        fix: 'Give the clusters ranges that differ, or put them on different networks.',
      })),
  );
}

function serviceProblems(service: MeshService, mesh: Mesh): Problem[] {
  const path = service.key;
  const problems: Problem[] = [];
  for (const [name, version] of service.versions) {
    const { placement } = version;
    if (placement !== 'everywhere' && !('matchLabels' in placement)) {
      for (const ref of placement) {
        if (typeof ref === 'string' && !mesh.findCluster(ref)) {
          problems.push(unknownCluster(path, ref, `version ${name} is placed on`, mesh));
        }
      }
    } else if (
      placement !== 'everywhere' &&
      !mesh.clusters.some(cluster => hasLabels(cluster, placement.matchLabels))
    ) {
      problems.push({
        path,
        what: `version ${name} is placed on no cluster: none has the labels ${JSON.stringify(placement.matchLabels)}`,
        why: 'its subset would have no endpoint, and requests sent to it fail',
        fix: 'Give a cluster these labels, or change the selector.',
      });
    }
    for (const [cluster] of sortedEntries(version.overrides ?? {})) {
      if (!mesh.findCluster(cluster)) {
        problems.push(unknownCluster(path, cluster, `version ${name} has an override for`, mesh));
      } else if (!placedClusters(placement, mesh).some(({ clusterName }) => clusterName === cluster)) {
        problems.push({
          path,
          what: `version ${name} has an override for '${cluster}', where it is not placed`,
          why: 'the override would have no effect',
          fix: 'Place the version there too, or remove the override.',
        });
      }
    }
    problems.push(...callProblems(path, version.calls ?? [], service, mesh));
  }
  problems.push(...callProblems(path, service.props.calls ?? [], service, mesh));
  return [...problems, ...regionProblems(path, service.locality, mesh)];
}

function hasLabels(cluster: Cluster, labels: Readonly<Record<string, string>>): boolean {
  return Object.entries(labels).every(([key, value]) => cluster.clusterLabels[key] === value);
}

function callProblems(
  path: string,
  calls: readonly ServiceRef[],
  service: MeshService,
  mesh: Mesh,
): Problem[] {
  return calls
    .filter(ref => !findService(ref, service.namespace, mesh))
    .map(ref => unknownService(path, ref, 'it calls', mesh));
}

function unknownService(path: string, ref: ServiceRef, what: string, mesh: Mesh): Problem {
  return {
    path,
    what: `${what} '${typeof ref === 'string' ? ref : ref.key}', which is no service of this mesh`,
    why: 'its name would resolve nowhere, and no policy would let the call in',
    fix: `Use one of: ${mesh.services.map(({ key }) => key).join(', ') || 'none'}. A service of another namespace is named 'namespace/name'.`,
  };
}

function regionProblems(path: string, policy: LocalityPolicy, mesh: Mesh): Problem[] {
  const regions = [...new Set(mesh.clusters.map(({ region }) => region))].sort(byText);
  const named =
    policy.mode === 'failover'
      ? (policy.regions ?? []).flatMap(({ from, to }) => [from, to])
      : policy.mode === 'distribute'
        ? policy.shares
            .flatMap(({ from, to }) => [from, ...Object.keys(to)])
            .map(locality => locality.split('/')[0])
        : [];
  return [...new Set(named)]
    .filter(region => region !== '*' && !regions.includes(region))
    .map(region => ({
      path,
      what: `its locality policy names the region '${region}', in which the mesh has no cluster`,
      why: 'that part of the policy would have no effect',
      fix: `Use one of: ${regions.join(', ')}.`,
    }));
}

function ingressProblems(mesh: Mesh): Problem[] {
  const problems: Problem[] = [];
  const names = new Set<string>();
  for (const gateway of mesh.ingressGateways) {
    if (names.has(gateway.gatewayName)) {
      problems.push({
        path: gateway.node.path,
        what: `another ingress gateway is called '${gateway.gatewayName}' too`,
        why: 'both would be one Helm release, and Gateways would select the pods of both',
        fix: 'Rename one of the two.',
      });
    }
    names.add(gateway.gatewayName);
    for (const ref of gateway.placement === 'everywhere' ? [] : gateway.placement) {
      const cluster = mesh.findCluster(ref);
      if (!cluster || !mesh.clusters.includes(cluster)) {
        const name = Cluster.isCluster(ref) ? ref.clusterName : ref;
        problems.push(unknownCluster(gateway.gatewayName, name, 'the ingress gateway is on', mesh));
      }
    }
  }
  for (const { key, route } of mesh.ingressRoutes.map(route => ({
    route,
    key: `${route.namespace.namespaceName}/${route.routeName}`,
  }))) {
    if (!mesh.ingressGateways.includes(route.props.gateway)) {
      problems.push({
        path: key,
        what: `its gateway '${route.props.gateway.gatewayName}' is not of this mesh`,
        why: 'no proxy would serve the route',
        fix: 'Use an IngressGateway that is declared in the same mesh.',
      });
    }
    for (const { to, port } of route.props.rules) {
      const service = findService(to, route.namespace, mesh);
      if (!service) problems.push(unknownService(key, to, 'it leads to', mesh));
      else if (port !== undefined && !service.props.ports.some(known => known.port === port)) {
        problems.push({
          path: key,
          what: `it leads to port ${port} of '${service.key}', which has no such port`,
          why: 'requests would get 503',
          fix: `Use one of: ${service.props.ports.map(known => known.port).join(', ')}.`,
        });
      }
    }
  }
  return problems;
}

/** What constructs of cdk8s say against themselves (`node.addValidation`). */
function constructProblems(mesh: Mesh): Problem[] {
  return mesh.node.findAll().flatMap(construct =>
    construct.node.validate().map(message => ({
      path: construct.node.path || 'mesh',
      what: message,
      why: 'the construct refuses to be synthesized like this',
      fix: 'See its documentation.',
    })),
  );
}
