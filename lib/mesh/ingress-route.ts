import { Construct } from 'constructs';
import type { Problem } from '../errors';
import { renderIngressRoute } from './ingress-config';
import type { IngressGateway } from './ingress-gateway';
import { Mesh } from './mesh';
import { dnsLabelProblem, refuse } from './names';
import type { MeshNamespace } from './namespace';
import type { ClusterRenderable, ClusterTarget } from './renderable';
import type { ServiceRef } from './service-props';

/** A path of a request: exactly this one, or all that begin with it. */
export type PathMatch = { readonly exact: string } | { readonly prefix: string };

/** Requests for some paths, and the service that answers them. */
export interface IngressRule {
  /**
   * @default - every path
   */
  readonly paths?: readonly PathMatch[];
  /** The service; one in the route's namespace may be named by its name alone. */
  readonly to: ServiceRef;
  /**
   * The number of the service's port.
   *
   * @default - its first port
   */
  readonly port?: number;
}

/** Describes what an ingress gateway lets in. */
export interface IngressRouteProps {
  readonly gateway: IngressGateway;
  /** Host names; `*` for any, which other routes of the gateway can't tell themselves apart from. */
  readonly hosts: readonly string[];
  /** First match first. */
  readonly rules: readonly IngressRule[];
  /**
   * Port that the gateway listens on. The gateway chart's Service maps 80 to 80.
   *
   * @default 80
   */
  readonly port?: number;
}

/** Lets requests in at an ingress gateway: a Gateway and a VirtualService in the config clusters that serve it. */
export class IngressRoute extends Construct implements ClusterRenderable {
  readonly routeName: string;
  readonly namespace: MeshNamespace;
  readonly props: IngressRouteProps;

  /**
   * @throws ModelError if the name is no DNS-1123 label, without hosts or rules, or for a path that doesn't
   * begin with `/`.
   */
  constructor(scope: MeshNamespace, id: string, props: IngressRouteProps) {
    const path = `${scope.namespaceName}/${id}`;
    refuse([
      ...dnsLabelProblem(path, 'route name', id, 'Kubernetes refuses it'),
      ...Mesh.duplicateProblem(scope, id, 'route'),
      ...routeProblems(path, props),
    ]);
    super(scope, id);
    this.routeName = id;
    this.namespace = scope;
    this.props = props;
  }

  renderInto(target: ClusterTarget): void {
    renderIngressRoute(this, target);
  }

  /** Whether a construct is an ingress route. */
  static isIngressRoute(construct: unknown): construct is IngressRoute {
    return construct instanceof IngressRoute;
  }
}

function routeProblems(path: string, props: IngressRouteProps): Problem[] {
  const problems: Problem[] = [];
  if (props.hosts.length === 0) {
    problems.push({
      path,
      what: 'the route has no host',
      why: 'Istio refuses a Gateway server without one',
      fix: "Give host names, or ['*'].",
    });
  }
  if (props.rules.length === 0) {
    problems.push({
      path,
      what: 'the route has no rule',
      why: 'every request would get 404',
      fix: 'Give at least one rule with a service.',
    });
  }
  for (const match of props.rules.flatMap(rule => rule.paths ?? [])) {
    const text = 'exact' in match ? match.exact : match.prefix;
    if (!text.startsWith('/')) {
      problems.push({
        path,
        what: `the path '${text}' doesn't begin with '/'`,
        why: 'no request would ever match it',
        fix: `Write '/${text}'.`,
      });
    }
  }
  return problems;
}
