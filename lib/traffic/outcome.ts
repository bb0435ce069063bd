import type { Endpoint } from './model';

/** Where a client's requests to a service end. */
export interface Outcome {
  /** Parts that are answered, by endpoint. */
  readonly served: readonly { readonly endpoint: Endpoint; readonly share: number }[];
  /** Parts that are not, by why. */
  readonly unserved: readonly { readonly reason: string; readonly share: number }[];
}

/** An outcome where nothing is answered. */
export function lost(reason: string): Outcome {
  return { served: [], unserved: [{ reason, share: 1 }] };
}

/** An outcome for a part of the requests. */
export function scale(outcome: Outcome, factor: number): Outcome {
  if (factor === 1) return outcome;
  return {
    served: outcome.served.map(entry => ({ ...entry, share: entry.share * factor })),
    unserved: outcome.unserved.map(entry => ({ ...entry, share: entry.share * factor })),
  };
}

/** Several outcomes of parts as one; equal ends are added up. */
export function merge(outcomes: readonly Outcome[]): Outcome {
  if (outcomes.length === 1) return outcomes[0];
  const served = new Map<string, { endpoint: Endpoint; share: number }>();
  const unserved = new Map<string, { reason: string; share: number }>();
  for (const outcome of outcomes) {
    for (const { endpoint, share } of outcome.served) {
      const key = `${endpoint.cluster} ${endpoint.address}:${endpoint.port}`;
      const sum = served.get(key);
      if (sum) sum.share += share;
      else served.set(key, { endpoint, share });
    }
    for (const { reason, share } of outcome.unserved) {
      const sum = unserved.get(reason);
      if (sum) sum.share += share;
      else unserved.set(reason, { reason, share });
    }
  }
  return { served: [...served.values()], unserved: [...unserved.values()] };
}
