import { InputError } from '../errors';
import type { FleetCluster } from '../types';

/** Where pod addresses come from when no range is known: private, and shared out so that none overlap. */
const POD_RANGE = '10.0.0.0/8';
/** Load balancers: the range set aside for measurements (RFC 2544), never routed. */
const BALANCER_RANGE = '198.18.0.0/15';
/** Nodes: the shared address space (RFC 6598). */
const NODE_RANGE = '100.64.0.0/10';

/** Gives out the addresses of one range in order. */
export interface AddressPool {
  readonly cidr: string;
  next(): string;
}

/**
 * One pool of pod addresses per cluster: its own range where it is known, else an equal part of 10.0.0.0/8 by
 * the cluster's place in the list. A part never overlaps another part.
 *
 * @throws InputError when a range is not IPv4 CIDR, or a cluster has more pods than its range has addresses.
 */
export function podPools(clusters: readonly FleetCluster[]): Map<string, AddressPool> {
  const [base, prefix] = parseCidr(POD_RANGE, POD_RANGE);
  const bits = Math.max(8, Math.ceil(Math.log2(Math.max(1, clusters.length))));
  return new Map(
    clusters.map((cluster, i) => {
      if (cluster.podCidr) return [cluster.name, poolOf(cluster.podCidr, cluster.name)];
      const start = base + i * 2 ** (32 - prefix - bits);
      return [cluster.name, poolOf(`${format(start)}/${prefix + bits}`, cluster.name)];
    }),
  );
}

/** Addresses for load balancers, unique in the fleet. */
export function balancerPool(): AddressPool {
  return poolOf(BALANCER_RANGE, 'load balancers');
}

/** Addresses for nodes, unique in the fleet. */
export function nodePool(): AddressPool {
  return poolOf(NODE_RANGE, 'nodes');
}

function poolOf(cidr: string, owner: string): AddressPool {
  const [base, prefix] = parseCidr(cidr, owner);
  const size = 2 ** (32 - prefix);
  // The first addresses of a range belong to the network and its router.
  let used = 1;
  return {
    cidr,
    next: () => {
      used += 1;
      if (used >= size - 1) {
        throw new InputError(
          `the range ${cidr} of ${owner} is used up`,
          'Give the cluster a larger "podCidr", or fewer replicas.',
        );
      }
      return format(base + used);
    },
  };
}

function parseCidr(cidr: string, owner: string): [base: number, prefix: number] {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(cidr);
  const parts = match?.slice(1).map(Number) ?? [];
  if (!match || parts.slice(0, 4).some(part => part > 255) || parts[4] > 32) {
    throw new InputError(`the range "${cidr}" of ${owner} is not IPv4 CIDR`, 'Write it like 10.8.0.0/14.');
  }
  const [a, b, c, d, prefix] = parts;
  const size = 2 ** (32 - prefix);
  const address = a * 2 ** 24 + b * 2 ** 16 + c * 2 ** 8 + d;
  return [address - (address % size), prefix];
}

function format(address: number): string {
  return [24, 16, 8, 0].map(shift => Math.floor(address / 2 ** shift) % 256).join('.');
}
