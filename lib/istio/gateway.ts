import type { Construct } from 'constructs';
import { Gateway as Bound, type GatewaySpec, toJson_GatewaySpec } from '../../imports/networking.istio.io';
import { isDnsLabel } from '../names';
import type { Plain } from './plain';
import {
  type Complaint,
  type IstioKind,
  IstioResource,
  type IstioResourceProps,
  splitProps,
} from './resource';
import { duplicates } from './rules/lists';

type Spec = Plain<GatewaySpec>;

/** Props of {@link Gateway}. */
export interface GatewayProps extends IstioResourceProps {
  /**
   * Labels of the gateway pods it configures, in any namespace; the `gateway` Helm chart labels them
   * `istio: <release name without istio->`.
   * @default - all gateway pods
   */
  readonly selector?: Spec['selector'];
  /** The ports, at least one; each has at least one host, and TLS settings if its protocol is HTTPS or TLS. */
  readonly servers: Spec['servers'];
}

const KIND: IstioKind<Spec> = {
  ...Bound.GVK,
  layer: 'routes',
  toJson: toJson_GatewaySpec,
  check,
};

/**
 * Ports that a gateway proxy listens on, with their hosts and TLS. Routes come from VirtualServices that name it.
 *
 * @example
 * new Gateway(namespace, 'bookinfo', {
 *   selector: { istio: 'ingressgateway' },
 *   servers: [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*'] }],
 * });
 *
 * @throws ModelError if the name is no DNS-1123 label, there is no server, a server has no host, or two ports share a name
 * @see https://istio.io/latest/docs/reference/config/networking/gateway/
 */
export class Gateway extends IstioResource<Spec> {
  constructor(scope: Construct, id: string, props: GatewayProps) {
    super(scope, id, KIND, ...splitProps<Spec>(props));
  }
}

/** @see pkg/config/validation/validation.go ValidateGateway, validateServer */
function* complaints(spec: Spec, name: string): Generator<Complaint> {
  if (!isDnsLabel(name)) {
    yield {
      what: `the Gateway's name ${JSON.stringify(name)} is not a DNS-1123 label`,
      why: 'Istio refuses a Gateway whose name has a dot or more than 63 characters',
      fix: 'Use lower-case letters, digits and "-".',
    };
  }
  const servers = spec.servers ?? [];
  if (servers.length === 0) {
    yield {
      what: 'servers is empty',
      why: 'Istio refuses a Gateway that listens on nothing',
      fix: 'Give it a server with a port and a host.',
    };
  }
  for (const server of servers) {
    if ((server.hosts ?? []).length > 0) continue;
    yield {
      what: `the server on port ${server.port?.number} has no hosts`,
      why: 'Istio refuses a server that serves no host',
      fix: "Name its hosts; ['*'] is any.",
    };
  }
  for (const port of duplicates(servers.map(server => server.port?.name))) {
    yield {
      what: `two servers have a port called ${JSON.stringify(port)}`,
      why: 'Istio wants the names of the ports in a Gateway unique',
      fix: 'Rename one of them.',
    };
  }
}

function check(spec: Spec, name: string): Complaint[] {
  return [...complaints(spec, name)];
}
