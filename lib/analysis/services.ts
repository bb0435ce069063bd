import { numberAt, type Plain, stringAt, valueAt } from '../fleet/plain';
import type { FleetObject } from '../fleet/types';

/** A port of a Service or ServiceEntry. */
export interface ServicePort {
  readonly number: number;
  readonly name: string;
  /** As given, upper case: of a Service `TCP`, `UDP`, `SCTP`; of a ServiceEntry Istio's protocols. */
  readonly protocol: string;
  readonly appProtocol?: string;
  /** Number or name of the container's port. */
  readonly targetPort: string;
}

/** A Service of one cluster. */
export interface ServiceRef {
  readonly host: string;
  readonly cluster: string;
  readonly namespace: string;
  readonly name: string;
  readonly object: FleetObject;
  readonly ports: readonly ServicePort[];
  readonly type: string;
  readonly isHeadless: boolean;
  readonly selector: Readonly<Record<string, string>>;
  readonly exportTo: readonly string[];
  readonly isDerived: boolean;
}

/** What a host in a rule stands for. */
export interface KnownHost {
  readonly host: string;
  /** The Services of that name; empty when it is a ServiceEntry. */
  readonly services: readonly ServiceRef[];
  readonly ports: readonly ServicePort[];
  readonly entry?: FleetObject;
}

/** Reads ports; `field` is where the number is. */
export function portsOfService(ports: readonly Plain[], field: 'port' | 'number'): ServicePort[] {
  return ports.map(port => {
    const number = numberAt(port, field) ?? 0;
    const target = valueAt(port, 'targetPort');
    return {
      number,
      name: stringAt(port, 'name') ?? '',
      protocol: (stringAt(port, 'protocol') ?? (field === 'port' ? 'TCP' : '')).toUpperCase(),
      appProtocol: stringAt(port, 'appProtocol'),
      targetPort: target === undefined || target === 0 || target === '' ? String(number) : String(target),
    };
  });
}
