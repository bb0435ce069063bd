import { isIP } from 'node:net';
import { stringAt } from '../../fleet/plain';
import { installationPlace } from '../installation';
import type { Check } from '../types';

/** Whether the webhook of a remote can be called at the address it is given. */
export const remotePilotAddress: Check = {
  code: 'ISM0404',
  name: 'remote-pilot-address',
  severity: 'error',
  summary: 'global.remotePilotAddress is an IP address, or injection goes by URL.',
  why: 'A host name becomes a Service of type ExternalName, which the API server refuses to call webhooks through: no pod of the remote cluster is injected.',
  fix: 'Give the IP address of the gateway, or set istiodRemote.injectionURL to https://HOST:15017/inject/cluster/NAME/net/NETWORK with a certificate that API servers trust.',
  *run(view) {
    for (const { name } of view.fleet.clusters) {
      const values = view.values(name);
      const address = stringAt(values, 'global', 'remotePilotAddress');
      const place = installationPlace(view, name);
      if (!place || !address || isIP(address) !== 0) continue;
      if (stringAt(values, 'istiodRemote', 'injectionURL')) continue;
      yield { at: place, message: `global.remotePilotAddress is the host name "${address}"` };
    }
  },
};
