import fc from 'fast-check';
import type { Fleet } from '../../lib/fleet/fleet';
import { cluster, deployment, fleetOf, namespace, service } from '../fleet/meshes';

/** A DestinationRule for reviews in bookinfo. */
export function rule(policy: string, subsets = ''): string {
  return `---\napiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: reviews, namespace: bookinfo}\nspec:\n  host: reviews\n  trafficPolicy: ${policy}\n${subsets}`;
}

/** What a made-up mesh is made of. */
export interface MadeUp {
  readonly clusters: readonly {
    readonly network: string;
    readonly replicas: number;
    readonly primary: boolean;
  }[];
  readonly policy: string;
  readonly gateways: boolean;
}

/** Policies of every kind. */
export const policies = fc.constantFrom(
  '',
  rule('{outlierDetection: {}}'),
  rule('{outlierDetection: {maxEjectionPercent: 100}}'),
  rule(
    '{outlierDetection: {maxEjectionPercent: 60}, loadBalancer: {localityLbSetting: {failover: [{from: c0-region, to: c1-region}]}}}',
  ),
  rule('{loadBalancer: {localityLbSetting: {distribute: [{from: "*", to: {"c0-region/*": 80, "*": 20}}]}}}'),
  rule(
    '{outlierDetection: {maxEjectionPercent: 100}, loadBalancer: {localityLbSetting: {failoverPriority: ["topology.istio.io/network", "topology.kubernetes.io/region"]}}}',
  ),
);

/** Meshes of one to four clusters on one or two networks. */
export const madeUpMeshes: fc.Arbitrary<MadeUp> = fc.record({
  clusters: fc.array(
    fc.record({
      network: fc.constantFrom('n1', 'n2'),
      replicas: fc.integer({ min: 0, max: 5 }),
      primary: fc.boolean(),
    }),
    { minLength: 1, maxLength: 4 },
  ),
  policy: policies,
  gateways: fc.boolean(),
});

/** A made-up mesh as a fleet: cluster i runs version i of reviews; the first is a primary, others may be its remotes. */
export function madeUpFleet({ clusters, policy, gateways }: MadeUp): Fleet {
  const expose =
    '---\napiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: {name: cross, namespace: istio-system}\nspec: {selector: {istio: eastwestgateway}, servers: [{tls: {mode: AUTO_PASSTHROUGH}, hosts: ["*.local"]}]}\n';
  const text = (replicas: number, i: number) =>
    namespace('bookinfo') + service('reviews') + deployment('reviews', `v${i}`, replicas) + policy + expose;
  return fleetOf(
    clusters.map(({ network, primary }, i) =>
      cluster(`c${i}`, {
        network,
        ...(primary || i === 0
          ? {}
          : { controlPlane: { role: 'remote', primary: 'c0' }, configCluster: 'c0' }),
      }),
    ),
    Object.fromEntries(clusters.map(({ replicas }, i) => [`c${i}`, text(replicas, i)])),
    gateways
      ? Object.fromEntries(
          clusters.map(({ network }, i) => [`c${i}/istio-eastwestgateway`, `networkGateway: ${network}\n`]),
        )
      : {},
  );
}
