/** Props of the plain objects that are measured: what a cluster mostly holds, in the mix of an ordinary team. */
export interface ObjectProps {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Record<string, string>;
  };
  readonly [field: string]: unknown;
}

const KINDS = [deployment, service, serviceAccount, configMap, virtualService, destinationRule];

/**
 * The objects of one cluster; no object is shared between clusters.
 *
 * @param cluster name of the cluster, which appears in some fields
 * @param count how many
 */
export function* objectsOf(cluster: string, count: number): Generator<ObjectProps> {
  for (let index = 0; index < count; index++) {
    const app = `app-${Math.floor(index / KINDS.length)}`;
    yield KINDS[index % KINDS.length](cluster, app);
  }
}

function metadata(app: string) {
  return { name: app, namespace: 'shop', labels: { app, version: 'v1' } };
}

function deployment(cluster: string, app: string): ObjectProps {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadata(app),
    spec: {
      replicas: 2,
      selector: { matchLabels: { app, version: 'v1' } },
      template: {
        metadata: { labels: { app, version: 'v1' } },
        spec: {
          serviceAccountName: app,
          containers: [
            {
              name: app,
              image: `registry.example.com/shop/${app}:1.4.2`,
              env: [
                { name: 'CLUSTER', value: cluster },
                { name: 'LOG_LEVEL', value: 'info' },
              ],
              ports: [{ containerPort: 8080, name: 'http' }],
              resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '256Mi' } },
              readinessProbe: { httpGet: { path: '/ready', port: 8080 }, periodSeconds: 5 },
            },
          ],
        },
      },
    },
  };
}

function service(_cluster: string, app: string): ObjectProps {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata(app),
    spec: { selector: { app }, ports: [{ name: 'http', port: 80, targetPort: 8080 }] },
  };
}

function serviceAccount(_cluster: string, app: string): ObjectProps {
  return { apiVersion: 'v1', kind: 'ServiceAccount', metadata: metadata(app) };
}

function configMap(cluster: string, app: string): ObjectProps {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: metadata(app),
    data: {
      'settings.properties': `cluster=${cluster}\napp=${app}\nretries=3\n`,
      FEATURE_X: 'true',
      TIMEOUT: '30s',
    },
  };
}

function virtualService(_cluster: string, app: string): ObjectProps {
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: metadata(app),
    spec: {
      hosts: [`${app}.shop.svc.cluster.local`],
      http: [
        {
          route: [{ destination: { host: `${app}.shop.svc.cluster.local`, subset: 'v1' }, weight: 100 }],
          timeout: '2s',
          retries: { attempts: 2, perTryTimeout: '500ms' },
        },
      ],
    },
  };
}

function destinationRule(_cluster: string, app: string): ObjectProps {
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'DestinationRule',
    metadata: metadata(app),
    spec: {
      host: `${app}.shop.svc.cluster.local`,
      trafficPolicy: {
        outlierDetection: { consecutive5xxErrors: 5, interval: '10s', baseEjectionTime: '30s' },
      },
      subsets: [{ name: 'v1', labels: { version: 'v1' } }],
    },
  };
}
