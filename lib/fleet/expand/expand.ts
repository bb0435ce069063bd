import type { Manifest } from '../../manifest';
import { proxyNetwork } from '../control-plane';
import { type Fleet, kindKey } from '../fleet';
import { plainAt, stringAt, valueAt } from '../plain';
import type { FleetObject } from '../types';
import { balancerPool, nodePool, podPools } from './addresses';
import { gatewayWorkloads } from './gateways';
import { podLabels } from './injection';
import { nodesOf } from './nodes';
import { controllerLabels, type ExpandedPod, podManifest, podName } from './pods';
import { type NodeLoad, placePods } from './schedule';
import { slicesOf } from './slices';
import { type ReplicaOverrides, type Workload, workloadsOf } from './workloads';

/** What may be assumed differently when a fleet is expanded. */
export interface ExpandOptions {
  /** Replicas by `cluster/namespace/name`, `namespace/name` or `name`. */
  readonly replicas?: ReplicaOverrides;
  /** Nodes in each zone of a cluster that has no Nodes in the fleet; by default 1. */
  readonly nodesPerZone?: number;
}

/** A fleet with concrete pods, and what was assumed to get there. */
export interface ExpandedFleet {
  /** The fleet with the objects below in it. */
  readonly fleet: Fleet;
  /** What was added: Nodes, Pods, EndpointSlices, gateways and the addresses of load balancers. */
  readonly objects: readonly FleetObject[];
  readonly assumptions: readonly string[];
}

/**
 * From workloads to concrete Nodes, Pods, EndpointSlices and load balancer addresses: what would run if
 * everything were healthy and at its minimum. The result is deterministic, and valid input for istiod.
 */
export function expand(fleet: Fleet, options: ExpandOptions = {}): ExpandedFleet {
  const added: FleetObject[] = [...gatewayWorkloads(fleet)];
  let complete = fleet.with(added);
  const addresses = withBalancerAddresses(complete);
  added.push(...addresses);
  complete = complete.with(addresses);

  const pools = podPools(complete.clusters);
  const nodeAddresses = nodePool();
  const unplaced: string[] = [];
  for (const cluster of complete.clusters) {
    const { nodes, objects } = nodesOf(complete, cluster, options.nodesPerZone ?? 1, nodeAddresses);
    added.push(...objects);
    // Pods that were dumped from a running cluster are what runs: nothing is added to them.
    if (complete.ofKind('Pod', cluster.name).length > 0) continue;
    const network = proxyNetwork(complete, cluster);
    const load: NodeLoad = { pods: new Map() };
    const pods: ExpandedPod[] = [];
    for (const workload of workloadsOf(complete, cluster.name, options.replicas)) {
      const placed = placePods(workload, nodes, load);
      if (placed.length === 0 && workload.replicas !== 0) unplaced.push(describe(cluster.name, workload));
      const labels = {
        ...podLabels(complete, cluster.name, workload, network),
        ...controllerLabels(workload),
      };
      placed.forEach((node, i) => {
        const address = pools.get(cluster.name)!.next();
        const { namespace } = workload;
        pods.push({
          cluster: cluster.name,
          namespace,
          name: podName(workload, i),
          address,
          labels,
          node,
          workload,
        });
      });
    }
    added.push(...pods.map(podManifest), ...slicesOf(complete, cluster.name, pods));
  }
  return {
    fleet: fleet.with(added),
    objects: lastOfEach(added),
    assumptions: [
      `Pods: ${options.replicas?.size ? 'the given replicas, else ' : ''}the minimum of each HorizontalPodAutoscaler, else the declared replicas; all ready.`,
      'Pods are spread evenly over the zones of their cluster; ties go to the zone with the fewest pods.',
      'Load balancers have one address each; it is made up unless the manifests give it.',
      ...unplaced.map(name => `${name} has no node it may run on, so it has no pods.`),
    ],
  };
}

/** An object that was first added and then completed counts once, as completed. */
function lastOfEach(objects: readonly FleetObject[]): FleetObject[] {
  const byKey = new Map<string, FleetObject>();
  for (const object of objects) {
    const { namespace = '', name } = object.manifest.metadata;
    byKey.set(`${object.cluster} ${kindKey(object.manifest)} ${namespace}/${name}`, object);
  }
  return [...byKey.values()];
}

function describe(cluster: string, workload: Workload): string {
  return `${workload.kind} ${workload.namespace}/${workload.name} in ${cluster}`;
}

/** Services of type LoadBalancer with the address they were given, else a made-up one in their status. */
function withBalancerAddresses(fleet: Fleet): FleetObject[] {
  const pool = balancerPool();
  const objects: FleetObject[] = [];
  for (const object of fleet.ofKind('Service')) {
    const { manifest } = object;
    if (stringAt(manifest, 'spec', 'type') !== 'LoadBalancer') continue;
    // Every one takes an address from the pool, so that giving one doesn't change the others.
    const madeUp = pool.next();
    if (valueAt(manifest, 'status', 'loadBalancer', 'ingress') !== undefined) continue;
    const ip = stringAt(manifest, 'spec', 'loadBalancerIP') ?? madeUp;
    const status = { ...plainAt(manifest, 'status'), loadBalancer: { ingress: [{ ip }] } };
    objects.push({ ...object, manifest: { ...manifest, status } as Manifest });
  }
  return objects;
}
