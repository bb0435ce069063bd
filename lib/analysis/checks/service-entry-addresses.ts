import { flag } from '../../fleet/control-plane';
import { listAt, plainAt, plainsAt, stringAt } from '../../fleet/plain';
import { KIND } from '../kinds';
import { at, type Check } from '../types';

/** Whether TCP ServiceEntries can be told apart. */
export const serviceEntryAddresses: Check = {
  code: 'ISM0520',
  name: 'service-entry-addresses',
  severity: 'warning',
  istio: ['IST0134'],
  summary: 'A ServiceEntry with a TCP port has addresses, or gets them allocated.',
  why: 'TCP has no host name: without an address the port takes all traffic to that number, of any destination.',
  fix: 'Give it addresses, or turn on DNS capture, with which istiod allocates them.',
  *run(view) {
    for (const { plane, object, spec } of view.configs(KIND.serviceEntry)) {
      const proxy = plainAt(plane.meshConfig, 'defaultConfig', 'proxyMetadata');
      const isOn = (name: string) => String(proxy[name]) === 'true';
      const allocated =
        isOn('ISTIO_META_DNS_CAPTURE') &&
        (isOn('ISTIO_META_DNS_AUTO_ALLOCATE') ||
          isOn('PILOT_ENABLE_IP_AUTOALLOCATE') ||
          flag(plane, 'PILOT_ENABLE_IP_AUTOALLOCATE', true));
      if (allocated || listAt(spec, 'addresses').length > 0) continue;
      if (plainsAt(object.manifest, 'status', 'addresses').length > 0) continue;
      const port = plainsAt(spec, 'ports').find(entry =>
        ['', 'TCP'].includes((stringAt(entry, 'protocol') ?? '').toUpperCase()),
      );
      if (port) yield { at: at(object), message: `has the TCP port ${String(port.number)} but no addresses` };
    }
  },
};
