import type { Layer } from '../layer';
import type { Manifest } from '../manifest';

/** Layers by API group, and by kind where a group is split. Everything else is an application's. */
const BY_GROUP: Readonly<Record<string, Layer>> = {
  'apiextensions.k8s.io': 'namespaces',
  'security.istio.io': 'mesh',
  'telemetry.istio.io': 'mesh',
  'extensions.istio.io': 'mesh',
  'networking.istio.io': 'mesh',
  'gateway.networking.k8s.io': 'routes',
  'sailoperator.io': 'istio',
};

const BY_KIND: Readonly<Record<string, Layer>> = {
  '/Namespace': 'namespaces',
  'networking.istio.io/Gateway': 'routes',
  'networking.istio.io/VirtualService': 'routes',
};

/** The layer of an object that somebody put under a cluster. */
export function layerOf({ apiVersion, kind }: Manifest): Layer {
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
  return BY_KIND[`${group}/${kind}`] ?? BY_GROUP[group] ?? 'applications';
}
