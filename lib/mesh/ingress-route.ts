import { isIP } from 'node:net';
import { Construct } from 'constructs';
import type { Problem } from '../errors';
import { renderIngressRoute } from './ingress-config';
import type { IngressGateway } from './ingress-gateway';
import { Mesh } from './mesh';
import { dnsLabelProblem, isDnsName, refuse } from './names';
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
   * @throws ModelError if the name is no DNS-1123 label, without hosts or rules, for a host that is no host
   * name, a port out of range, or a path that doesn't begin with `/`.
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
  for (const host of props.hosts) {
    if (host === '*' || isIP(host) !== 0 || isDnsName(host.replace(/^\*\./, 'any.'))) continue;
    problems.push({
      path,
      what: `the host '${host}' is not a host name`,
      why: 'Istio refuses it in a Gateway, where names have at least two labels',
      fix: "Write 'shop.example.com', '*.example.com' or '*', in lower case, without scheme, port or path.",
    });
  }
  const { port = 80 } = props;
  if (!Number.isInteger(port) || port < 1 || port > 65535) {
    problems.push({
      path,
      what: `the gateway shall listen on port ${port}`,
      why: 'port numbers go from 1 to 65535',
      fix: 'Give a port number, or leave it out for 80.',
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
    if (typeof text !== 'string') {
      problems.push({
        path,
        what: `the path match ${JSON.stringify(match)} is neither 'exact' nor 'prefix'`,
        why: 'nothing says which requests it is for',
        fix: "Write { exact: '/login' } or { prefix: '/static' }.",
      });
    } else if (!text.startsWith('/')) {
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
