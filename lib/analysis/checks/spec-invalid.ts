import {
  listAt,
  numberAt,
  type Plain,
  plainAt,
  plainsAt,
  stringAt,
  stringsAt,
  valueAt,
} from '../../fleet/plain';
import { KIND } from '../kinds';
import { destinationsOf, gatewaysOf } from '../routes';
import { at, type Check } from '../types';

/** Whether Istio’s webhook would take an object, as far as its most frequent refusals go. */
export const specInvalid: Check = {
  code: 'ISM0004',
  name: 'spec-invalid',
  severity: 'error',
  istio: ['IST0106'],
  summary: 'Istio accepts the objects: hosts, weights, ports, subsets and TLS settings fit together.',
  why: 'The validating webhook refuses the object, or istiod ignores it.',
  fix: 'Correct what the message names.',
  *run(view) {
    for (const [kind, problems] of Object.entries(PROBLEMS)) {
      for (const object of view.fleet.ofKind(kind)) {
        for (const message of problems(plainAt(object.manifest, 'spec'))) yield { at: at(object), message };
      }
    }
  },
};

/** Source: Istio `pkg/config/validation/validation.go`, one function per kind. */
const PROBLEMS: Readonly<Record<string, (spec: Plain) => Iterable<string>>> = {
  [KIND.virtualService]: virtualServiceProblems,
  [KIND.destinationRule]: destinationRuleProblems,
  [KIND.gateway]: gatewayProblems,
  [KIND.serviceEntry]: serviceEntryProblems,
};

function* virtualServiceProblems(spec: Plain): Iterable<string> {
  const hosts = stringsAt(spec, 'hosts');
  const isDelegate = hosts.length === 0 && listAt(spec, 'gateways').length === 0;
  if (!isDelegate && hosts.length === 0) yield 'has no hosts';
  if (hosts.includes('*') && gatewaysOf(spec).includes('mesh'))
    yield 'has the host "*" for the mesh, where every host must be named';
  for (const [i, host] of hosts.entries())
    if (hosts.indexOf(host) !== i) yield `has the host "${host}" twice`;
  if (['http', 'tls', 'tcp'].every(protocol => listAt(spec, protocol).length === 0))
    yield 'has no http, tls or tcp rules';
  for (const { path, host, weight } of destinationsOf(spec)) {
    if (host.includes('*')) yield `${path} sends to "${host}", but a destination can’t be a wildcard`;
    if (weight !== undefined && (weight < 0 || weight > 100))
      yield `${path} has the weight ${weight}, outside 0 to 100`;
  }
  for (const protocol of ['http', 'tls', 'tcp']) {
    for (const [i, rule] of plainsAt(spec, protocol).entries()) {
      const routes = plainsAt(rule, 'route');
      if (routes.length > 1 && routes.every(route => (numberAt(route, 'weight') ?? 0) === 0))
        yield `${protocol}[${i}] has ${routes.length} routes, all of weight 0`;
      const acts = ['route', 'redirect', 'directResponse', 'delegate'].filter(
        field => valueAt(rule, field) !== undefined,
      );
      if (acts.length === 0) yield `${protocol}[${i}] has no route`;
    }
  }
}

function* destinationRuleProblems(spec: Plain): Iterable<string> {
  if (!stringAt(spec, 'host')) yield 'has no host';
  const names = plainsAt(spec, 'subsets').map(subset => stringAt(subset, 'name') ?? '');
  for (const [i, name] of names.entries()) {
    if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i.test(name))
      yield `subsets[${i}] has the name "${name}", which is no DNS label`;
    else if (names.indexOf(name) !== i) yield `has the subset "${name}" twice`;
  }
  for (const policy of [spec, ...plainsAt(spec, 'subsets')]) {
    const outlier = plainAt(policy, 'trafficPolicy', 'outlierDetection');
    for (const field of ['maxEjectionPercent', 'minHealthPercent']) {
      const percent = numberAt(outlier, field);
      if (percent !== undefined && (percent < 0 || percent > 100))
        yield `outlierDetection.${field} is ${percent}, outside 0 to 100`;
    }
  }
}

function* gatewayProblems(spec: Plain): Iterable<string> {
  const servers = plainsAt(spec, 'servers');
  if (servers.length === 0) yield 'has no servers';
  const names = servers.map(server => stringAt(server, 'port', 'name') ?? '');
  for (const [i, server] of servers.entries()) {
    if (stringsAt(server, 'hosts').length === 0) yield `servers[${i}] has no hosts`;
    if (names[i] === '') yield `servers[${i}] has a port without a name`;
    else if (names.indexOf(names[i]) !== i) yield `has two servers with the port name "${names[i]}"`;
    const protocol = (stringAt(server, 'port', 'protocol') ?? '').toUpperCase();
    const tls = valueAt(server, 'tls') === undefined ? undefined : plainAt(server, 'tls');
    if (['HTTPS', 'TLS'].includes(protocol) && !tls) yield `servers[${i}] is ${protocol} without tls`;
    if (!['HTTPS', 'TLS', ''].includes(protocol) && tls && tls.httpsRedirect !== true)
      yield `servers[${i}] has tls, but its protocol is ${protocol}`;
    const mode = stringAt(tls, 'mode') ?? 'PASSTHROUGH';
    if (tls && ['SIMPLE', 'MUTUAL'].includes(mode) && tls.httpsRedirect !== true) {
      const sources = ['credentialName', 'credentialNames', 'serverCertificate', 'tlsCertificates'];
      if (sources.every(field => valueAt(tls, field) === undefined))
        yield `servers[${i}] is ${mode} without a certificate`;
    }
  }
}

function* serviceEntryProblems(spec: Plain): Iterable<string> {
  if (stringsAt(spec, 'hosts').length === 0) yield 'has no hosts';
  const numbers = plainsAt(spec, 'ports').map(port => numberAt(port, 'number'));
  for (const [i, number] of numbers.entries())
    if (numbers.indexOf(number) !== i) yield `has the port ${number} twice`;
  const endpoints = plainsAt(spec, 'endpoints');
  const selects = valueAt(spec, 'workloadSelector') !== undefined;
  const resolution = stringAt(spec, 'resolution') ?? 'NONE';
  if (endpoints.length > 0 && selects) yield 'has both endpoints and a workloadSelector';
  if (resolution === 'STATIC' && endpoints.length === 0 && !selects)
    yield 'is STATIC without endpoints or a workloadSelector';
  if (resolution === 'NONE' && endpoints.length > 0) yield 'has endpoints, but resolution NONE';
}
