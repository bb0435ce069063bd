import { numberAt, plainAt, plainsAt, stringAt } from '../../fleet/plain';
import { at, type Check } from '../types';

/** The user that the proxy runs as. Source: Istio `pkg/config/analysis/analyzers/deployment/pod.go`. */
const PROXY_UID = 1337;

/** Whether an application keeps clear of the proxy's user. */
export const proxyUid: Check = {
  code: 'ISM0606',
  name: 'proxy-uid',
  severity: 'warning',
  istio: ['IST0144'],
  summary: 'No application runs as user 1337, which is the proxy’s.',
  why: 'Traffic of that user is not redirected: the application’s requests go out past the proxy, without mTLS, routes and policies.',
  fix: 'Use another runAsUser.',
  *run(view) {
    for (const pod of view.pods) {
      if (pod.isDerived || pod.isGateway) continue;
      const spec = plainAt(pod.template, 'spec');
      const containers = plainsAt(spec, 'containers').filter(
        container => stringAt(container, 'name') !== 'istio-proxy',
      );
      const as = [spec, ...containers].find(
        part => numberAt(part, 'securityContext', 'runAsUser') === PROXY_UID,
      );
      if (as)
        yield {
          at: at(pod.object),
          message:
            as === spec
              ? `its pods run as user ${PROXY_UID}`
              : `container ${stringAt(as, 'name') ?? ''} runs as user ${PROXY_UID}`,
        };
    }
  },
};
