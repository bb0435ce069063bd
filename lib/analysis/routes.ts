import { numberAt, type Plain, plainAt, plainsAt, stringAt, stringsAt } from '../fleet/plain';

/** A destination in a VirtualService. */
export interface Destination {
  /** Where it is: `http[0].route[1]`, `http[2].mirror`. */
  readonly path: string;
  readonly host: string;
  readonly subset?: string;
  readonly port?: number;
  readonly weight?: number;
}

/** Every destination of a VirtualService: of routes and mirrors. */
export function destinationsOf(spec: Plain): Destination[] {
  const found: Destination[] = [];
  const add = (path: string, destination: Plain, weight?: number) => {
    const host = stringAt(destination, 'host');
    if (host === undefined) return;
    const subset = stringAt(destination, 'subset') || undefined;
    found.push({ path, host, subset, port: numberAt(destination, 'port', 'number'), weight });
  };
  for (const protocol of ['http', 'tls', 'tcp']) {
    for (const [i, rule] of plainsAt(spec, protocol).entries()) {
      for (const [j, route] of plainsAt(rule, 'route').entries()) {
        add(`${protocol}[${i}].route[${j}]`, plainAt(route, 'destination'), numberAt(route, 'weight'));
      }
      add(`${protocol}[${i}].mirror`, plainAt(rule, 'mirror'));
      for (const [j, mirror] of plainsAt(rule, 'mirrors').entries()) {
        add(`${protocol}[${i}].mirrors[${j}]`, plainAt(mirror, 'destination'));
      }
    }
  }
  return found;
}

/** The gateways of a VirtualService; without any it is for the mesh. */
export function gatewaysOf(spec: Plain): string[] {
  const gateways = stringsAt(spec, 'gateways');
  return gateways.length > 0 ? gateways : ['mesh'];
}

/** `namespace/name` of a gateway that a VirtualService refers to. */
export function gatewayName(reference: string, namespace: string): string {
  return reference.includes('/') ? reference : `${namespace}/${reference}`;
}
