/** Meshes from fixed seeds for the judge of endpoints: clusters, networks, zones, policies and gateways at random. */
import { Fleet } from '../lib/fleet/fleet';
import type { FleetCluster } from '../lib/fleet/types';
import type { Manifest } from '../lib/manifest';

const NAMESPACE = 'shop';
const HOST = `cart.${NAMESPACE}.svc.cluster.local`;
const VERSIONS = ['v1', 'v2'];

/** A generator of numbers below n, always the same for a seed (mulberry32). */
function generator(seed: number): (n: number) => number {
  let state = seed * 0x9e3779b9;
  return n => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % n;
  };
}

/** The mesh of a seed: 1 to 6 clusters on 1 to 4 networks, one service in up to two versions. */
export function randomFleet(seed: number): Fleet {
  const below = generator(seed);
  const pick = <T>(items: readonly T[]): T => items[below(items.length)];
  const networks = Array.from({ length: 1 + below(4) }, (_, i) => `net${i}`);
  const names = Array.from({ length: 1 + below(6) }, (_, i) => `c${i}`);
  const clusters = names.map((name, i): FleetCluster => {
    const region = `r${below(3)}`;
    const isPrimary = i === 0 || below(2) === 0;
    return {
      name,
      context: name,
      network: pick(networks),
      region,
      zones: Array.from({ length: 1 + below(3) }, (_, z) => `${region}-${z}`),
      controlPlane: isPrimary ? { role: 'primary' } : { role: 'remote', primary: 'c0' },
      configCluster: isPrimary ? name : 'c0',
    };
  });
  const rule = destinationRule(below, pick, clusters);
  const manifests = clusters.map(cluster => {
    const objects: Manifest[] = [
      object('v1', 'Namespace', 'istio-system', { labels: { 'topology.istio.io/network': cluster.network } }),
      object('v1', 'Namespace', NAMESPACE, { labels: { 'istio-injection': 'enabled' } }),
      object(
        'v1',
        'Service',
        'cart',
        { namespace: NAMESPACE },
        { selector: { app: 'cart' }, ports: [{ name: 'http', port: 80, targetPort: 8080 }] },
      ),
    ];
    for (const version of VERSIONS) {
      if (below(3) > 0) objects.push(deployment(version, below(5)));
    }
    for (let i = below(4); i > 0; i--) objects.push(gateway(cluster.network, i));
    if (rule && cluster.configCluster === cluster.name) objects.push(rule);
    return [cluster.name, objects] as const;
  });
  return Fleet.fromManifests(clusters, new Map(manifests));
}

function object(
  apiVersion: string,
  kind: string,
  name: string,
  metadata: Record<string, unknown>,
  spec?: Record<string, unknown>,
): Manifest {
  return { apiVersion, kind, metadata: { name, ...metadata }, ...(spec && { spec }) };
}

function deployment(version: string, replicas: number): Manifest {
  const labels = { app: 'cart', version };
  return object(
    'apps/v1',
    'Deployment',
    `cart-${version}`,
    { namespace: NAMESPACE },
    {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { containers: [{ name: 'cart', image: 'cart:1', ports: [{ containerPort: 8080 }] }] },
      },
    },
  );
}

function gateway(network: string, i: number): Manifest {
  const name = `eastwest-${i}`;
  return object(
    'v1',
    'Service',
    name,
    { namespace: 'istio-system', labels: { 'topology.istio.io/network': network } },
    {
      type: 'LoadBalancer',
      selector: { app: name },
      ports: [{ name: 'tls', port: 15443, targetPort: 15443 }],
    },
  );
}

/** One of the locality policies that istiod knows, or no rule at all. */
function destinationRule(
  below: (n: number) => number,
  pick: <T>(items: readonly T[]) => T,
  clusters: readonly FleetCluster[],
): Manifest | undefined {
  if (below(5) === 0) return undefined;
  const outlierDetection = below(4) === 0 ? {} : { outlierDetection: { consecutive5xxErrors: 5 } };
  const settings = [
    {},
    { loadBalancer: { localityLbSetting: { enabled: false } } },
    { loadBalancer: { localityLbSetting: { failover: [{ from: 'r0', to: 'r1' }] } } },
    {
      loadBalancer: {
        localityLbSetting: {
          failover: [
            { from: 'r1', to: 'r2' },
            { from: 'r2', to: 'r0' },
          ],
        },
      },
    },
    { loadBalancer: { localityLbSetting: { failoverPriority: failoverPriority(below) } } },
    { loadBalancer: { localityLbSetting: { distribute: distribute(below, clusters) } } },
  ];
  const trafficPolicy = { ...outlierDetection, ...pick(settings) };
  return object(
    'networking.istio.io/v1',
    'DestinationRule',
    'cart',
    { namespace: NAMESPACE },
    {
      host: HOST,
      ...(Object.keys(trafficPolicy).length > 0 && { trafficPolicy }),
      subsets: VERSIONS.map(version => ({ name: version, labels: { version } })),
    },
  );
}

function failoverPriority(below: (n: number) => number): string[] {
  const labels = [
    'topology.istio.io/network',
    'topology.kubernetes.io/region',
    'topology.kubernetes.io/zone',
    'topology.istio.io/cluster',
  ];
  return labels
    .filter(() => below(3) > 0)
    .concat('version=v1')
    .slice(0, 1 + below(4));
}

function distribute(below: (n: number) => number, clusters: readonly FleetCluster[]) {
  const places = [
    ...new Set(clusters.flatMap(({ region, zones }) => zones.map(zone => `${region}/${zone}/*`))),
  ];
  const regions = [...new Set(clusters.map(({ region }) => `${region}/*`))];
  return regions.map(from => {
    const to = places.filter(() => below(2) === 0);
    if (to.length === 0) to.push(places[below(places.length)]);
    const share = Math.floor(100 / to.length);
    return {
      from,
      to: Object.fromEntries(to.map((place, i) => [place, i === 0 ? 100 - share * (to.length - 1) : share])),
    };
  });
}
