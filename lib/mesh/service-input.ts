import type { Problem } from '../errors';
import type { WorkloadSettings } from './service-props';

/**
 * What Kubernetes would refuse in a service's names and settings, and what a program that isn't type-checked
 * may leave out (`npm run synth` runs it without a type check).
 */

/**
 * Service names are DNS-1035 labels, which begin with a letter; elsewhere a digit will do.
 *
 * @see https://kubernetes.io/docs/concepts/services-networking/service/#defining-a-service
 */
export function serviceNameProblems(path: string, name: string): Problem[] {
  if (!/^\d/.test(name)) return [];
  return [
    {
      path,
      what: `service name '${name}' begins with a digit`,
      why: 'Kubernetes refuses it: a Service is named by a DNS-1035 label',
      fix: 'Begin it with a letter.',
    },
  ];
}

/**
 * A port's name is also that of the container's port, which is shorter than a Service's.
 *
 * @see https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#ports
 */
export function portNameProblems(path: string, name: string): Problem[] {
  if (name.length <= 15) return [];
  return [
    {
      path,
      what: `port name '${name}' has ${name.length} characters`,
      why: "Kubernetes takes 15 at most for a container's port",
      fix: 'Shorten what follows the protocol.',
    },
  ];
}

/** A version without an image, and one that is placed by something that is no placement. */
export function versionInputProblems(path: string, name: string, version: object): Problem[] {
  const { image, placement } = version as { image?: unknown; placement?: unknown };
  const problems: Problem[] = [];
  if (typeof image !== 'string' || image === '') {
    problems.push({
      path,
      what: `version ${name} has the image '${image ?? ''}'`,
      why: 'its pods would have nothing to run',
      fix: "Give one, such as 'example/reviews:1'.",
    });
  }
  const labels = (placement as { matchLabels?: unknown } | undefined)?.matchLabels;
  if (placement !== 'everywhere' && !Array.isArray(placement) && typeof labels !== 'object') {
    problems.push({
      path,
      what: `version ${name} is placed on ${JSON.stringify(placement)}`,
      why: 'that is no list of clusters, so nothing says where it runs',
      fix: "Write a list such as ['frankfurt'], { matchLabels: { ... } } or 'everywhere'.",
    });
  }
  return problems;
}

/** Autoscaling by CPU use that nothing can be measured against. */
export function cpuProblems(path: string, where: string, settings: WorkloadSettings): Problem[] {
  const { autoscaling, resources } = settings;
  if (!autoscaling) return [];
  const problems: Problem[] = [];
  const { cpuPercent = 80 } = autoscaling;
  if (!Number.isInteger(cpuPercent) || cpuPercent < 1) {
    problems.push({
      path,
      what: `${where} aims at ${cpuPercent} per cent of its CPU request`,
      why: 'a HorizontalPodAutoscaler needs a whole number from 1',
      fix: 'Give such a number, or leave it out for 80.',
    });
  }
  // Kubernetes takes a limit for a request that is left out.
  if (resources && !resources.cpu?.request && !resources.cpu?.limit) {
    problems.push({
      path,
      what: `${where} scales by CPU use but requests no CPU`,
      why: 'the use is measured in per cent of the request, so it would never scale',
      fix: 'Give resources.cpu.request, or leave resources out for 100m.',
    });
  }
  return problems;
}
