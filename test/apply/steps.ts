import { PLAN } from './sandbox';

const FRANKFURT = '--context gke_frankfurt';
const SERVER_SIDE = 'apply --server-side --field-manager=isthmus -f';
const CHART = 'istiod oci://ghcr.io/istio/release/charts/istiod --version 1.31.1 -n istio-system';

/** The calls that each step of the sample plan makes on a fresh fleet; `…` stands for the manifest's template. */
export const CALLS: Readonly<Record<string, readonly string[]>> = {
  'frankfurt-namespaces': [`kubectl ${FRANKFURT} ${SERVER_SIDE} ./dist/frankfurt/00-namespaces.yaml`],
  'sao-paulo-namespaces': [
    `kubectl --context gke_sao-paulo ${SERVER_SIDE} ./dist/sao-paulo/00-namespaces.yaml`,
  ],
  'frankfurt-cacerts': [`kubectl ${FRANKFURT} get secret cacerts -n istio-system -o name`],
  'frankfurt-istiod': [
    'helm --kube-context gke_frankfurt history istiod -n istio-system --max 1 -o json',
    `helm --kube-context gke_frankfurt upgrade --install ${CHART} -f ./dist/frankfurt/helm/istiod.yml --reset-values --wait --timeout 5m --description isthmus d1`,
  ],
  'frankfurt-address': [
    `kubectl ${FRANKFURT} wait --for=jsonpath={.status.loadBalancer.ingress} service/istio-eastwestgateway -n istio-system --timeout=4m`,
  ],
  'frankfurt-crd': [
    `kubectl ${FRANKFURT} wait --for=condition=Established crd/gateways.networking.istio.io --timeout=61s`,
  ],
  'frankfurt-ready': [
    `kubectl ${FRANKFURT} wait --for=condition=Available deployment/istiod -n istio-system --timeout=3m`,
  ],
  'sao-paulo-istiod': [
    `kubectl ${FRANKFURT} get service istio-eastwestgateway -n istio-system -o jsonpath={.status.loadBalancer.ingress[0].ip}`,
    'helm --kube-context gke_sao-paulo history istiod -n istio-system --max 1 -o json',
    `helm --kube-context gke_sao-paulo upgrade --install ${CHART} -f ./dist/sao-paulo/helm/istiod.yml --reset-values --wait --timeout 6m --description isthmus d2 203.0.113.7 --set-string global.remotePilotAddress=203.0.113.7`,
  ],
  'link-sao-paulo': [
    'kubectl config view --minify --context gke_sao-paulo -o jsonpath={.clusters[0].cluster.server}',
    'kubectl --context gke_sao-paulo wait --for=jsonpath={.data.token} secret/reader-token -n istio-system --timeout=90s',
    'kubectl --context gke_sao-paulo get secret reader-token -n istio-system -o go-template=…',
    `kubectl ${FRANKFURT} ${SERVER_SIDE} -`,
  ],
  'frankfurt-routes': [`kubectl ${FRANKFURT} ${SERVER_SIDE} ./dist/frankfurt/50-routes.yaml`],
};

export const STEPS = PLAN.map(line => {
  const [step, cluster, context] = line.split('\t') as [string, string, string];
  return { step, cluster, context };
});

/** The calls of these steps in order. */
export function callsOf(steps: readonly { step: string }[]): string[] {
  return steps.flatMap(({ step }) => CALLS[step]!);
}

/** A call without the text of its template. */
export function short(call: string): string {
  return call.replace(/go-template=.*/s, 'go-template=…');
}
