/** Names and numbers of Istio's install that its sources fix. */

/** Label and value path of a network: pkg/config/constants, `label.TopologyNetwork`. */
export const NETWORK_LABEL = 'topology.istio.io/network';

/**
 * Annotation by which an istiod elsewhere knows that it leads a remote cluster: it then writes root
 * certificates there and patches the webhook's CA bundle.
 *
 * @see https://github.com/istio/istio/blob/release-1.31/pilot/pkg/serviceregistry/kube/controller/multicluster.go checkShouldLead
 */
export const CONTROL_PLANE_ANNOTATION = 'topology.istio.io/controlPlaneClusters';

/**
 * Release of the east-west gateway. The chart makes the label `istio: eastwestgateway` of it, which Istio's
 * own samples select: another name would silently unselect them.
 */
export const EAST_WEST_GATEWAY = 'istio-eastwestgateway';
export const EAST_WEST_SELECTOR = { istio: 'eastwestgateway' };

/** Ports of an east-west gateway: charts/gateway/values.yaml, `networkGatewayPorts`. */
export const PORT_CROSS_NETWORK = 15443;
export const PORT_ISTIOD = 15012;
export const PORT_WEBHOOK = 15017;

/** ServiceAccount that an istiod elsewhere reads a cluster with (base chart), and its token (istioctl). */
export const READER_ACCOUNT = 'istio-reader-service-account';
export const READER_TOKEN = 'istio-reader-service-account-istio-remote-secret-token';

/** The Secret with the cluster's intermediate CA that istiod signs with: security/pkg/pki/ca/ca.go. */
export const CA_SECRET = 'cacerts';

/** The injector's webhook configuration of a default revision in istio-system. */
export const INJECTOR_WEBHOOK = 'istio-sidecar-injector';
/** The validating webhook of the default revision (base chart). */
export const VALIDATOR_WEBHOOK = 'istiod-default-validator';

/** Names of the Helm releases of a control plane; istiod's is followed by its revision. */
export const BASE_RELEASE = 'istio-base';
export const ISTIOD = 'istiod';
export const CNI_RELEASE = 'istio-cni';
export const ZTUNNEL_RELEASE = 'ztunnel';

/** Port of HBONE, the tunnel of ambient meshes: pkg/model/proxy.go HBoneInboundListenPort. */
export const PORT_HBONE = 15008;

/** GatewayClasses: pilot/pkg/config/kube/gatewaycommon/classinfo.go. */
export const CLASS_EAST_WEST = 'istio-east-west';
export const CLASS_WAYPOINT = 'istio-waypoint';
export const CLASS_ISTIO = 'istio';

/** Label of a Service whose endpoints count in the whole ambient mesh: files/profile-ambient.yaml. */
export const GLOBAL_LABEL = 'istio.io/global';

/** What an external istiod reads its config cluster with: `istioctl create-remote-secret --type=config`. */
export const CONFIG_SECRET = 'istio-kubeconfig';
export const ISTIOD_ACCOUNT = 'istiod';
export const ISTIOD_TOKEN = 'istiod-istio-remote-secret-token';
/** The Service of a host through which other clusters reach its istiod. */
export const EXTERNAL_SERVICE = 'istiod-external';

/** Label of a namespace, pod or Gateway that names the control plane it belongs to. */
export const REVISION_LABEL = 'istio.io/rev';
