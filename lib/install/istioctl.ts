import type { Manifest } from '../manifest';
import type { Cluster } from '../mesh/cluster';
import { Mesh } from '../mesh/mesh';
import { revisionsOf } from './revisions';
import { installerOf } from './topology';
import { mergeValues, type PlainValues } from './user-values';
import { chartPlatform, istioValues } from './values';
import { type IstioVersion, istioRelease } from './versions';

/** What `istioctl install -f` gets for one control plane of a cluster. */
export interface IstioctlInstall {
  /** `istio`, followed by the revision. */
  readonly name: string;
  /** The release of istioctl that must install it: the charts are built into it. */
  readonly version: IstioVersion;
  readonly manifest: Manifest;
}

/** Where a cluster's file is in dist; `.yml`, because it is no manifest that a cluster could be given. */
export function istioctlFile(cluster: Cluster, { name }: IstioctlInstall): string {
  return `${cluster.clusterName}/istioctl/${name}.yml`;
}

/**
 * The IstioOperator files of a cluster: one per revision. They install the control plane only; gateways are
 * made otherwise.
 *
 * @see https://github.com/istio/istio/blob/release-1.31/manifests/profiles
 */
export function istioctlInstalls(cluster: Cluster): readonly IstioctlInstall[] {
  if (installerOf(cluster) !== 'istioctl') return [];
  const { systemNamespace: namespace } = Mesh.of(cluster);
  return revisionsOf(Mesh.of(cluster)).map(revision => {
    const { profile, revision: name, meshConfig, ...rest } = istioValues(cluster, revision);
    const { hub, ...global } = (rest.global ?? {}) as PlainValues;
    return {
      name: `istio${revision.suffix}`,
      version: revision.istioVersion,
      manifest: {
        apiVersion: 'install.istio.io/v1alpha1',
        kind: 'IstioOperator',
        metadata: { name: `istio${revision.suffix}`, namespace },
        spec: mergeValues({
          // `minimal` is the default profile without an ingress gateway.
          profile: profile ?? 'minimal',
          hub: hub ?? istioRelease(revision.istioVersion)!.hub,
          revision: name,
          // As Istio's profile for OpenShift, where sidecars need the CNI plugin.
          components:
            chartPlatform(cluster) === 'openshift'
              ? { cni: { enabled: true, namespace: 'kube-system' } }
              : undefined,
          meshConfig,
          values: { ...rest, global },
        }),
      },
    };
  });
}
