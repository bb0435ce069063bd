import { Fleet } from '../../lib/fleet/fleet';
import { parseManifests, parseMapping } from '../../lib/fleet/parse';
import type { FleetCluster, HelmRelease } from '../../lib/fleet/types';

/** A cluster of a test: a primary of its own unless said otherwise. */
export function cluster(name: string, given: Partial<FleetCluster> = {}): FleetCluster {
  return {
    name,
    context: name,
    network: 'vpc',
    region: `${name}-region`,
    zones: [`${name}-a`, `${name}-b`, `${name}-c`],
    controlPlane: { role: 'primary' },
    configCluster: name,
    ...given,
  };
}

/** A fleet from YAML by cluster name. */
export function fleetOf(
  clusters: readonly FleetCluster[],
  yaml: Readonly<Record<string, string>>,
  helm: Readonly<Record<string, string>> = {},
): Fleet {
  const releases = Object.entries(helm).map(([key, values]): HelmRelease => {
    const [clusterName, name] = key.split('/');
    return {
      cluster: clusterName,
      name,
      namespace: 'istio-system',
      file: key,
      values: parseMapping(key, values),
    };
  });
  return new Fleet({
    clusters,
    objects: Object.entries(yaml).flatMap(([name, text]) => parseManifests(name, `${name}.yaml`, text)),
    helm: releases,
  });
}

/** A namespace whose pods get sidecars. */
export function namespace(name: string): string {
  return `---\napiVersion: v1\nkind: Namespace\nmetadata: {name: ${name}, labels: {istio-injection: enabled}}\n`;
}

/** A Service of HTTP on 9080 in bookinfo that selects by `app`. */
export function service(app: string, spec = ''): string {
  return `---
apiVersion: v1
kind: Service
metadata: {name: ${app}, namespace: bookinfo}
spec:
  selector: {app: ${app}}
  ports: [{name: http, port: 9080}]
${spec}`;
}

/** A Deployment in bookinfo with labels `app` and `version`. */
export function deployment(app: string, version: string, replicas = 1, podSpec = ''): string {
  return `---
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${app}-${version}, namespace: bookinfo}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: ${app}, version: ${version}}}
  template:
    metadata: {labels: {app: ${app}, version: ${version}}}
    spec:
      serviceAccountName: bookinfo-${app}
${podSpec}      containers: [{name: ${app}, image: example/${app}, ports: [{name: web, containerPort: 9080}]}]
`;
}

/** Reviews v1 and v2 in Frankfurt, v3 in São Paulo, on one flat network, an istiod in each. */
export function demo(extra: { both?: string; frankfurt?: string; saoPaulo?: string } = {}): Fleet {
  const shared =
    namespace('bookinfo') +
    ['productpage', 'details', 'reviews', 'ratings'].map(app => service(app)).join('');
  return fleetOf(
    [
      cluster('frankfurt', {
        region: 'europe-west3',
        zones: ['europe-west3-a', 'europe-west3-b', 'europe-west3-c'],
      }),
      cluster('sao-paulo', {
        region: 'southamerica-east1',
        zones: ['southamerica-east1-a', 'southamerica-east1-b', 'southamerica-east1-c'],
      }),
    ],
    {
      frankfurt: [
        shared,
        deployment('productpage', 'v1'),
        deployment('details', 'v1'),
        deployment('ratings', 'v1'),
        deployment('reviews', 'v1'),
        deployment('reviews', 'v2'),
        extra.both ?? '',
        extra.frankfurt ?? '',
      ].join(''),
      'sao-paulo': [shared, deployment('reviews', 'v3'), extra.both ?? '', extra.saoPaulo ?? ''].join(''),
    },
  );
}
