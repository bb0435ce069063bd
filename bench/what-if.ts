import { expand } from '../lib/fleet/expand/expand';
import { Fleet } from '../lib/fleet/fleet';
import type { FleetCluster } from '../lib/fleet/types';
import type { Manifest } from '../lib/manifest';
import { type FailureMode, type Scenario, singleFailures } from '../lib/traffic/scenario';
import { study } from '../lib/traffic/what-if';
import { buildWorld } from '../lib/traffic/world';

/**
 * How long every single failure of a large fleet takes, and how much memory:
 * `tsx bench/what-if.ts [CLUSTERS] [SERVICES] [failover|none|ejection] [unready|failing|both]`.
 *
 * Clusters have three zones, a region each, one flat network and an istiod of their own; every service has three
 * versions in every cluster, a pod each. Every zone is a client of every service. Each answer is worked out by
 * target; rows per client aren't made, as no reader could take them in.
 */
const [clusters = '100', services = '100', policy = 'failover', modes = 'unready'] = process.argv.slice(2);

const POLICIES: Readonly<Record<string, object | undefined>> = {
  failover: { outlierDetection: {}, loadBalancer: { localityLbSetting: { enabled: true } } },
  ejection: {
    outlierDetection: { maxEjectionPercent: 100 },
    loadBalancer: { localityLbSetting: { enabled: true } },
  },
  none: undefined,
};

function clusterOf(i: number): FleetCluster {
  const name = `c${i}`;
  return {
    name,
    context: name,
    network: 'flat',
    region: `region-${i}`,
    zones: ['a', 'b', 'c'].map(zone => `region-${i}-${zone}`),
    controlPlane: { role: 'primary' },
    configCluster: name,
  };
}

function manifestsOf(count: number): Manifest[] {
  const namespace = 'shop';
  const trafficPolicy = POLICIES[policy];
  const manifests: Manifest[] = [
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: namespace, labels: { 'istio-injection': 'enabled' } },
    },
  ];
  for (let i = 0; i < count; i++) {
    const app = `s${i}`;
    const metadata = { name: app, namespace };
    manifests.push({
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: { selector: { app }, ports: [{ name: 'http', port: 80 }] },
    });
    if (trafficPolicy) {
      manifests.push({
        apiVersion: 'networking.istio.io/v1',
        kind: 'DestinationRule',
        metadata,
        spec: { host: app, trafficPolicy },
      });
    }
    for (const version of ['v1', 'v2', 'v3']) {
      const labels = { app, version };
      manifests.push({
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: `${app}-${version}`, namespace },
        spec: {
          replicas: 1,
          selector: { matchLabels: labels },
          template: { metadata: { labels }, spec: { containers: [{ name: app, image: app }] } },
        },
      });
    }
  }
  return manifests;
}

function seconds(since: NodeJS.CpuUsage): string {
  const { user, system } = process.cpuUsage(since);
  return ((user + system) / 1e6).toFixed(1);
}

const list = Array.from({ length: Number(clusters) }, (_, i) => clusterOf(i));
const shared = manifestsOf(Number(services));
const start = process.cpuUsage();
const { fleet } = expand(Fleet.fromManifests(list, new Map(list.map(({ name }) => [name, shared]))));
const expanded = seconds(start);
const read = process.cpuUsage();
const world = buildWorld(fleet);
const reading = seconds(read);
const asked: FailureMode[] = modes === 'both' ? ['unready', 'failing'] : [modes as FailureMode];
const scenarios: Scenario[] = [
  { failures: [], mode: 'unready' },
  ...singleFailures(fleet, []).flatMap(failure => asked.map(mode => ({ failures: [failure], mode }))),
];
const begin = process.cpuUsage();
const began = process.hrtime.bigint();
let first: string | undefined;
let groups = 0;
for (const result of study(world, { scenarios }).scenarios) {
  first ??= seconds(begin);
  groups += result.groups.length;
}
const wall = (Number(process.hrtime.bigint() - began) / 1e9).toFixed(1);
const mib = Math.round(process.resourceUsage().maxRSS / 1024);
process.stdout.write(
  `${clusters} clusters x ${services} services, ${policy}, ${modes}: ${scenarios.length} scenarios, ${groups} groups\n` +
    `expand ${expanded} s, read ${reading} s, healthy ${first} s, all scenarios ${seconds(begin)} s CPU (${wall} s), peak ${mib} MiB\n`,
);
