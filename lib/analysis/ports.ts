import { containerPort } from '../fleet/expand/workloads';
import type { Plain } from '../fleet/plain';
import type { ServicePort } from './services';

/** The number of the container's port that a Service's port leads to; 0 when the pods don't have it. */
export function containerPortOf(template: Plain, port: ServicePort): number {
  const number = Number(port.targetPort);
  return Number.isInteger(number) ? number : (containerPort(template, port.targetPort) ?? 0);
}
