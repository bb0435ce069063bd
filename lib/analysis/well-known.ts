import { isIstiod, istiodValues } from '../fleet/control-plane';
import type { Fleet } from '../fleet/fleet';
import { stringAt, stringsAt } from '../fleet/plain';
import type { FleetObject } from '../fleet/types';

/** Ports of istiod's Service. Source: istiod chart, templates/service.yaml. */
const ISTIOD_PORTS = [
  { name: 'grpc-xds', port: 15010 },
  { name: 'https-dns', port: 15012 },
  { name: 'https-webhook', port: 443, targetPort: 15017 },
  { name: 'http-monitoring', port: 15014 },
];

/**
 * Services that every cluster of a mesh has without anybody writing them: istiod's (by its revision as well)
 * and the API server's. One that is in the manifests stays as it is.
 */
export function wellKnownServices(fleet: Fleet): FleetObject[] {
  return fleet.clusters.flatMap(({ name: cluster }) => {
    const values = istiodValues(fleet, cluster);
    const namespace = stringAt(values, 'global', 'istioNamespace') ?? 'istio-system';
    // Beside an istiod that is being replaced there is another one, under its revision.
    const all = [
      values,
      ...fleet.helm.filter(helm => helm.cluster === cluster && isIstiod(helm.name)).map(helm => helm.values),
    ];
    const names = new Set([
      'istiod',
      ...all.flatMap(given => stringAt(given, 'revision') || []).map(revision => `istiod-${revision}`),
      ...all.flatMap(given => stringsAt(given, 'revisionTags')).map(tag => `istiod-revision-tag-${tag}`),
    ]);
    const services = [
      ...[...names].map(name => ({ namespace, name, ports: ISTIOD_PORTS })),
      { namespace: 'default', name: 'kubernetes', ports: [{ name: 'https', port: 443 }] },
    ];
    return services
      .filter(service => !fleet.find(cluster, 'Service', service.namespace, service.name))
      .map(({ namespace: ns, name, ports }) => ({
        cluster,
        file: '',
        line: 0,
        manifest: { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: ns }, spec: { ports } },
      }));
  });
}
