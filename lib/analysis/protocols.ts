import type { ServicePort } from './services';

const KNOWN = new Set([
  'tcp',
  'udp',
  'grpc',
  'grpc-web',
  'http',
  'http_proxy',
  'http2',
  'https',
  'tls',
  'mongo',
  'redis',
  'mysql',
]);
/** SMTP, DNS, MySQL and MongoDB are TCP without saying so. */
const PLAIN_TCP = new Set([25, 53, 3306, 27017]);
const KUBERNETES = new Set(['kubernetes.io/h2c', 'kubernetes.io/ws', 'kubernetes.io/wss']);

/**
 * Whether a Service's port says its protocol in a way that Istio understands.
 *
 * Source: Istio `pkg/config/kube/conversion.go` ConvertProtocol, `pkg/config/protocol/instance.go` Parse.
 */
export function saysProtocol(port: ServicePort): boolean {
  if (port.protocol === 'UDP') return true;
  if (port.appProtocol !== undefined && KUBERNETES.has(port.appProtocol)) return true;
  const name = (port.appProtocol ?? port.name).toLowerCase();
  if (name.startsWith('grpc-web')) return true;
  return KNOWN.has(name.split('-')[0]) || PLAIN_TCP.has(port.number);
}
