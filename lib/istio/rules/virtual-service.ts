import type { VirtualServiceSpec } from '../../../imports/networking.istio.io';
import type { Plain } from '../plain';
import type { Complaint } from '../resource';

type Spec = Plain<VirtualServiceSpec>;
type HttpRoute = NonNullable<Spec['http']>[number];

/**
 * What Istio would refuse in a VirtualService, as far as one object shows it. Weights are relative, so a sum
 * other than 100 is fine.
 *
 * @see https://github.com/istio/istio/blob/release-1.31/pkg/config/validation/validation.go ValidateVirtualService
 * @see https://github.com/istio/istio/blob/release-1.31/pkg/config/validation/virtualservice.go validateHTTPRoute
 */
export function* virtualServiceComplaints(spec: Spec): Generator<Complaint> {
  const { hosts = [], http = [], tls = [], tcp = [] } = spec;
  if (http.length + tls.length + tcp.length === 0) {
    yield {
      what: 'it has no route',
      why: 'Istio refuses a VirtualService without http, tls and tcp',
      fix: 'Give it a route.',
    };
  }
  if (hosts.includes('')) {
    yield { what: 'a host is empty', why: 'Istio refuses it', fix: 'Name the host that clients call.' };
  }
  const isDelegate = hosts.length === 0;
  if (isDelegate) yield* delegateComplaints(spec);
  for (const [i, route] of http.entries()) {
    const name = `http route ${route.name ?? i}`;
    yield* destinationKindComplaints(name, route, isDelegate);
    yield* weightComplaints(name, route.route ?? []);
  }
  for (const [i, route] of tls.entries()) yield* weightComplaints(`tls route ${i}`, route.route ?? []);
  for (const [i, route] of tcp.entries()) yield* weightComplaints(`tcp route ${i}`, route.route ?? []);
}

/** Only HTTP routes can be delegated, and the gateways are those of who delegates. */
function* delegateComplaints(spec: Spec): Generator<Complaint> {
  for (const field of ['gateways', 'tls', 'tcp'] as const) {
    if ((spec[field] ?? []).length === 0) continue;
    yield {
      what: `it has ${field} and no hosts`,
      why: `without hosts it is a delegate, and Istio refuses one with ${field}`,
      fix: `Name the hosts, or leave ${field} out.`,
    };
  }
}

function* destinationKindComplaints(
  name: string,
  route: HttpRoute,
  isDelegate: boolean,
): Generator<Complaint> {
  const places = (['redirect', 'directResponse', 'delegate'] as const).filter(
    place => route[place] !== undefined,
  );
  const count = places.length + ((route.route ?? []).length > 0 ? 1 : 0);
  if (count === 0) {
    yield {
      what: `${name} leads nowhere`,
      why: 'Istio refuses an HTTP route without destination',
      fix: 'Give it a route, redirect, directResponse or delegate.',
    };
  }
  if (count > 1) {
    yield {
      what: `${name} has several of route, redirect, directResponse and delegate`,
      why: 'they exclude each other',
      fix: 'Keep one.',
    };
  }
  if (isDelegate && route.delegate) {
    yield {
      what: `${name} of a delegate has a delegate itself`,
      why: 'Istio follows one step only',
      fix: 'Write the route here.',
    };
  }
}

interface Weighted {
  readonly destination?: { readonly host?: string; readonly subset?: string };
  readonly weight?: number;
}

function* weightComplaints(name: string, destinations: readonly Weighted[]): Generator<Complaint> {
  for (const { weight = 0, destination } of destinations) {
    if (weight >= 0) continue;
    const to = [destination?.host, destination?.subset].filter(Boolean).join(' ');
    yield {
      what: `${name} has weight ${weight} for ${to}`,
      why: 'Istio refuses negative weights',
      fix: 'Use 0 for no traffic.',
    };
  }
  if (destinations.length > 1 && destinations.every(({ weight = 0 }) => weight === 0)) {
    yield {
      what: `${name} has several destinations, all of weight 0`,
      why: 'Istio refuses a total weight of 0',
      fix: 'Say what share each gets.',
    };
  }
}
