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
