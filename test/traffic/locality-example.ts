import type { Fleet } from '../../lib/fleet/fleet';
import { cluster, deployment, fleetOf, namespace, service } from '../fleet/meshes';

const PLACES = [
  ['primary', 'region1', 'zone1'],
  ['c2', 'region1', 'zone2'],
  ['c3', 'region2', 'zone3'],
  ['c4', 'region3', 'zone4'],
];

/**
 * The mesh of Istio's task "Locality Load Balancing": HelloWorld in four localities, one pod each.
 * @see https://istio.io/latest/docs/tasks/traffic-management/locality-load-balancing/before-you-begin/
 */
export function helloWorld(trafficPolicy: string): Fleet {
  const rule = `---\napiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: helloworld, namespace: bookinfo}\nspec:\n  host: helloworld.bookinfo.svc.cluster.local\n  trafficPolicy: ${trafficPolicy}\n`;
  return fleetOf(
    PLACES.map(([name, region, zone]) => cluster(name, { region, zones: [zone] })),
    Object.fromEntries(
      PLACES.map(([name, , zone]) => [
        name,
        namespace('bookinfo') + service('helloworld') + deployment('helloworld', zone) + rule,
      ]),
    ),
  );
}

/** The rule of the task's page on failover. */
export const FAILOVER =
  '{connectionPool: {http: {maxRequestsPerConnection: 1}}, loadBalancer: {simple: ROUND_ROBIN, localityLbSetting: {enabled: true, failover: [{from: region1, to: region2}]}}, outlierDetection: {consecutive5xxErrors: 1, interval: 1s, baseEjectionTime: 1m}}';

/** The rule of the task's page on weighted distribution. */
export const DISTRIBUTION =
  '{loadBalancer: {localityLbSetting: {enabled: true, distribute: [{from: region1/zone1/*, to: {"region1/zone1/*": 70, "region1/zone2/*": 20, "region3/zone4/*": 10}}]}}, outlierDetection: {consecutive5xxErrors: 100, interval: 1s, baseEjectionTime: 1m}}';
