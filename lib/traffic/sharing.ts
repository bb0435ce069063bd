import type { ClientProxy, Service, ServicePort } from './model';
import { dependsOn, type ServicePolicy, servicePolicy } from './policy';
import type { PlaneView } from './world';

/** What is in force for a client, and the key that it shares with all clients that are told the same. */
export interface Shared {
  readonly policy: ServicePolicy;
  readonly key: string;
  /** The key that it shares with all that can send to the same, whatever priorities they give it. */
  readonly groupsKey: string;
}

/** Which clients are told the same, so that the answer is worked out once. Holds for one world. */
export class Sharing {
  private readonly policies = new Map<string, { policy: ServicePolicy; id: number }>();
  private readonly ids = new Map<string, number>();

  /**
   * The policy for a client and the key of those alike: the same configuration, whatever control plane it is
   * from, and of the client's place only what the configuration looks at.
   *
   * @param path the gateways that were passed.
   */
  of(
    view: PlaneView,
    proxy: ClientProxy,
    service: Service,
    port: ServicePort,
    subset: string,
    path: readonly string[],
  ): Shared {
    const { policy, id } = this.policyOf(view, proxy, service, port, subset);
    const uses = dependsOn(policy);
    const isLocal = policy.isClusterLocal || service.isNodeLocal;
    const groupsKey = JSON.stringify([
      id,
      proxy.kind,
      proxy.network,
      proxy.networkView,
      isLocal ? proxy.cluster : 0,
      service.isNodeLocal ? proxy.node : 0,
      path.length > 0,
    ]);
    const place = [uses.locality ? proxy.locality : 0, uses.labels ? proxy.labels : 0, path];
    return { policy, groupsKey, key: `${groupsKey} ${JSON.stringify(place)}` };
  }

  private policyOf(
    view: PlaneView,
    proxy: ClientProxy,
    service: Service,
    port: ServicePort,
    subset: string,
  ): { policy: ServicePolicy; id: number } {
    const labels = view.destinationRules.hasSelectors ? proxy.labels : 0;
    const client = [view.plane.cluster, proxy.namespace, labels];
    const key = JSON.stringify([client, service.host, service.namespace, port.number, subset]);
    const known = this.policies.get(key);
    if (known) return known;
    const policy = servicePolicy(view, proxy, service, port, subset);
    const own = view.hasOwnEndpoints(service.host) ? view.plane.cluster : 0;
    const content = [view.signature, service, policy.destinationRule?.spec, port, subset, own];
    const entry = { policy, id: this.idOf(JSON.stringify(content)) };
    this.policies.set(key, entry);
    return entry;
  }

  private idOf(content: string): number {
    const id = this.ids.get(content) ?? this.ids.size;
    this.ids.set(content, id);
    return id;
  }
}
