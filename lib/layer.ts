/**
 * The layers of a cluster's manifests in apply order. One file each in `dist/<cluster>/`:
 * namespaces and what they carry; what Istio's install needs beside its charts; gateways and what they
 * expose for the mesh itself; mesh configuration (security, subsets, scoping); applications; routes.
 * Routes come last, so that a subset exists before a route names it.
 */
export const LAYERS = ['namespaces', 'istio', 'gateways', 'mesh', 'applications', 'routes'] as const;

/** One of {@link LAYERS}. */
export type Layer = (typeof LAYERS)[number];

/** The file of a layer inside a cluster's folder, numbered in apply order: `00-namespaces.yaml`. */
export function layerFile(layer: Layer): string {
  return `${LAYERS.indexOf(layer)}0-${layer}.yaml`;
}
