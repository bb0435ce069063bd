import type { Fleet } from '../../lib/fleet/fleet';
import { add, type Draft, type Loose, type Mutant, namesOf, object, spec } from './mutants';

const NET = 'networking.istio.io/v1';
const SEC = 'security.istio.io/v1';

/** A mutant. */
export const m = (name: string, code: string, apply: (draft: Draft) => void): Mutant => ({
  name,
  code,
  apply,
});
/** A traffic policy with a locality setting. */
export const locality = (setting: object, percent = 100) => ({
  loadBalancer: { localityLbSetting: setting },
  ...outliers(percent),
});

/** Outlier detection. */
export const outliers = (percent: number) => ({
  outlierDetection: { consecutive5xxErrors: 5, maxEjectionPercent: percent },
});

/** Ways to break whatever is in the namespace bookinfo, once for every object. */
export function everywhere(fleet: Fleet): Mutant[] {
  const of = (kind: string) => namesOf(fleet, kind);
  const remote = fleet.clusters.find(({ name, configCluster }) => name !== configCluster)?.name;
  const [{ region }] = fleet.clusters;
  const inRemote = (mutants: readonly Mutant[]) => (remote === undefined ? [] : mutants);
  const services = of('Service');
  // Of Services that several clusters have, the last one: what it says is then not what the others say.
  const shared = services.filter(
    ([name], i) =>
      services.findIndex(other => other[0] === name) < i &&
      services.findLastIndex(other => other[0] === name) === i,
  );
  const hasSidecars = fleet
    .ofKind('Namespace')
    .some(({ manifest }) => manifest.metadata.labels?.['istio-injection'] === 'enabled');
  return [
    ...of('DestinationRule').flatMap(([name, at]) => [
      m(`host of DestinationRule ${name} in ${at}`, 'ISM0108', d => {
        spec(d, 'DestinationRule', name, at).host = `${name}.bookinfo`;
      }),
      m(`labels of a subset of ${name} in ${at}`, 'ISM0107', d => {
        spec(d, 'DestinationRule', name, at).subsets[0].labels.version = 'v9';
      }),
      m(`subset of ${name} twice in ${at}`, 'ISM0004', d => {
        const s = spec(d, 'DestinationRule', name, at);
        s.subsets.push(s.subsets[0]);
      }),
      m(`second DestinationRule for ${name} in ${at}`, 'ISM0109', d =>
        add(
          d,
          'DestinationRule',
          NET,
          `${name}-2`,
          {
            spec: { host: name, subsets: [{ name: 'v1', labels: { version: 'v1' } }] },
          },
          at,
        ),
      ),
      m(`failover of ${name} without outliers in ${at}`, 'ISM0301', d => {
        spec(d, 'DestinationRule', name, at).trafficPolicy = {
          loadBalancer: {
            localityLbSetting: { failover: [{ from: region, to: 'nowhere' }] },
          },
        };
      }),
      m(`region in the policy of ${name} in ${at}`, 'ISM0305', d => {
        spec(d, 'DestinationRule', name, at).trafficPolicy = locality({
          failover: [{ from: region, to: 'nowhere' }],
        });
      }),
      m(`distribute of ${name} to 90 % in ${at}`, 'ISM0303', d => {
        spec(d, 'DestinationRule', name, at).trafficPolicy = locality({
          distribute: [{ from: `${region}/*`, to: { [`${region}/*`]: 90 } }],
        });
      }),
      m(`misspelled field of ${name} in ${at}`, 'ISM0003', d => {
        spec(d, 'DestinationRule', name, at).trafficPolicies = {};
      }),
      ...(hasSidecars
        ? [
            m(`plain text to ${name} in ${at}`, 'ISM0707', d => {
              spec(d, 'DestinationRule', name, at).trafficPolicy = { tls: { mode: 'DISABLE' } };
            }),
          ]
        : []),
      m(`TLS to ${name} unverified in ${at}`, 'ISM0512', d => {
        spec(d, 'DestinationRule', name, at).trafficPolicy = { tls: { mode: 'SIMPLE' } };
      }),
      ...inRemote([
        m(`DestinationRule ${name} in the remote in ${at}`, 'ISM0103', d =>
          add(d, 'DestinationRule', NET, name, { spec: { host: name } }, remote),
        ),
      ]),
    ]),
    ...of('Sidecar').flatMap(([name, at]) => [
      m(`selector of Sidecar ${name} in ${at}`, 'ISM0601', d => {
        spec(d, 'Sidecar', name, at).workloadSelector.labels.app = `${name}s-x`;
      }),
      m(`second Sidecar for ${name} in ${at}`, 'ISM0602', d =>
        add(
          d,
          'Sidecar',
          NET,
          `${name}-2`,
          {
            spec: { workloadSelector: { labels: { app: name } }, egress: [{ hosts: ['./*'] }] },
          },
          at,
        ),
      ),
    ]),
    ...of('AuthorizationPolicy')
      .filter(([name, at]) => selects(fleet, name, at))
      .flatMap(([name, at]) => [
        m(`selector of AuthorizationPolicy ${name} in ${at}`, 'ISM0701', d => {
          spec(d, 'AuthorizationPolicy', name, at).selector.matchLabels.app = `${name}-x`;
        }),
        m(`principal of ${name} in ${at}`, 'ISM0703', d => {
          spec(d, 'AuthorizationPolicy', name, at).rules[0].from[0].source.principals[0] =
            'cluster.local/ns/bookinfo/sa/nobody';
        }),
        m(`trust domain of ${name} in ${at}`, 'ISM0703', d => {
          spec(d, 'AuthorizationPolicy', name, at).rules[0].from[0].source.principals[0] =
            'other/ns/bookinfo/sa/bookinfo-reviews';
        }),
        m(`empty rule of ${name} in ${at}`, 'ISM0704', d => {
          spec(d, 'AuthorizationPolicy', name, at).rules.push({});
        }),
        m(`source namespace of ${name} in ${at}`, 'ISM0702', d => {
          spec(d, 'AuthorizationPolicy', name, at).rules.push({
            from: [{ source: { namespaces: ['nowhere'] } }],
          });
        }),
        ...inRemote([
          m(`AuthorizationPolicy ${name} in the remote in ${at}`, 'ISM0103', d =>
            add(d, 'AuthorizationPolicy', SEC, name, { spec: {} }, remote),
          ),
        ]),
      ]),
    ...of('Deployment').flatMap(([name, at]) => [
      m(`root in ${name} in ${at}`, 'ISM0709', d => {
        spec(d, 'Deployment', name, at).template.spec.securityContext.runAsNonRoot = false;
        spec(d, 'Deployment', name, at).template.spec.containers[0].securityContext.runAsNonRoot = false;
      }),
      m(`host network of ${name} in ${at}`, 'ISM0709', d => {
        spec(d, 'Deployment', name, at).template.spec.hostNetwork = true;
      }),
      m(`user of ${name} in ${at}`, 'ISM0606', d => {
        spec(d, 'Deployment', name, at).template.spec.securityContext.runAsUser = 1337;
      }),
      m(`waiting image of ${name} in ${at}`, 'ISM0611', d => {
        const t = spec(d, 'Deployment', name, at).template;
        t.metadata.labels['sidecar.istio.io/inject'] = 'false';
        t.spec.containers.push({ name: 'istio-proxy', image: 'auto' });
      }),
    ]),
    ...of('Service').flatMap(([name, at]) => [
      m(`port name of Service ${name} in ${at}`, 'ISM0607', d => {
        spec(d, 'Service', name, at).ports[0].name = 'web';
      }),
      m(`Service ${name} twice in ${at}`, 'ISM0001', d => {
        const o = structuredClone(object(d, 'Service', name, at));
        (o.manifest.spec as Loose).ports[0].port = 1;
        d.objects.push(o);
      }),
      m(`reason of what ${name} ignores in ${at}`, 'ISM0002', d => {
        object(d, 'Service', name, at).manifest.metadata.annotations = { 'isthmus.dev/ignore': 'ISM0607' };
      }),
    ]),
    ...shared.flatMap(([name, at]) => [
      m(`port of Service ${name} in ${at}`, 'ISM0101', d => {
        spec(d, 'Service', name, at).ports[0].port = 9081;
      }),
      m(`port name of Service ${name} in ${at}`, 'ISM0101', d => {
        spec(d, 'Service', name, at).ports[0].name = 'http-web';
      }),
      m(`type of Service ${name} in ${at}`, 'ISM0101', d => {
        spec(d, 'Service', name, at).type = 'NodePort';
      }),
      m(`headless Service ${name} in ${at}`, 'ISM0101', d => {
        spec(d, 'Service', name, at).clusterIP = 'None';
      }),
    ]),
    ...(hasSidecars ? of('Namespace') : [])
      .filter(([name]) => name === 'bookinfo')
      .flatMap(([name, at]) => [
        m(`injection of ${name} in ${at}`, 'ISM0610', d => {
          delete object(d, 'Namespace', name, at).manifest.metadata.labels!['istio-injection'];
        }),
        m(`revision of ${name} in ${at}`, 'ISM0609', d => {
          object(d, 'Namespace', name, at).manifest.metadata.labels!['istio.io/rev'] = '1-31';
        }),
      ]),
  ];
}

/** Whether an AuthorizationPolicy selects workloads and names a principal. */
function selects(fleet: Fleet, name: string, cluster: string): boolean {
  const policy = fleet.find(cluster, 'AuthorizationPolicy.security.istio.io', 'bookinfo', name)?.manifest
    .spec as Loose;
  return policy?.selector !== undefined && policy.rules?.[0]?.from?.[0]?.source?.principals !== undefined;
}
