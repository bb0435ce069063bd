import type { Construct } from 'constructs';
import {
  type AuthorizationPolicySpec,
  type AuthorizationPolicySpecAction,
  AuthorizationPolicy as Bound,
  toJson_AuthorizationPolicySpec,
} from '../../imports/security.istio.io';
import type { Plain } from './plain';
import {
  type Complaint,
  type IstioKind,
  IstioResource,
  type IstioResourceProps,
  splitProps,
} from './resource';
import type { PolicyTarget } from './target';

type Spec = Plain<AuthorizationPolicySpec>;

/** Props of {@link AuthorizationPolicy}. */
export type AuthorizationPolicyProps = AuthorizationPolicyFields &
  AuthorizationPolicyAction &
  PolicyTarget<Spec>;

/** Most props of {@link AuthorizationPolicy}. */
export interface AuthorizationPolicyFields extends IstioResourceProps {}

const KIND: IstioKind<Spec> = {
  ...Bound.GVK,
  layer: 'mesh',
  toJson: toJson_AuthorizationPolicySpec,
  check,
};

/**
 * Who may call what. Istio looks at CUSTOM policies first, then DENY, then ALLOW; once a workload has an ALLOW
 * policy, what none allows is refused. An ALLOW policy without rules allows nothing.
 *
 * @throws ModelError if a rule has an empty `from`, `to` or `when`, or a source mixes service accounts with principals or
 * namespaces
 * @see https://istio.io/latest/docs/reference/config/security/authorization-policy/
 */
export class AuthorizationPolicy extends IstioResource<Spec> {
  constructor(scope: Construct, id: string, props: AuthorizationPolicyProps) {
    super(scope, id, KIND, ...splitProps<Spec>(props));
  }
}

/** What happens to a request that matches a rule. */
export type AuthorizationPolicyAction =
  | {
      /** @default ALLOW */
      readonly action?:
        | 'ALLOW'
        | 'AUDIT'
        | AuthorizationPolicySpecAction.ALLOW
        | AuthorizationPolicySpecAction.AUDIT;
      /**
       * Rules of which one must match; `[{}]` matches every request.
       * @default - none: no request matches
       */
      readonly rules?: Spec['rules'];
      readonly provider?: never;
    }
  | {
      readonly action: 'DENY' | AuthorizationPolicySpecAction.DENY;
      /** Rules of which one must match; `[{}]` matches every request. Without any, Istio refuses the policy. */
      readonly rules: NonNullable<Spec['rules']>;
      readonly provider?: never;
    }
  | {
      /** An external service decides. */
      readonly action: 'CUSTOM' | AuthorizationPolicySpecAction.CUSTOM;
      readonly rules: NonNullable<Spec['rules']>;
      /** Name of an extension provider in the mesh configuration. */
      readonly provider: NonNullable<Spec['provider']>;
    };

/** @see pkg/config/validation/validation.go ValidateAuthorizationPolicy */
function* complaints(spec: Spec): Generator<Complaint> {
  for (const [i, rule] of (spec.rules ?? []).entries()) {
    for (const part of ['from', 'to', 'when'] as const) {
      if (rule[part]?.length !== 0) continue;
      yield {
        what: `rule ${i} has an empty ${part}`,
        why: 'Istio refuses it: it is not clear whether all or none is meant',
        fix: `Leave ${part} out for all, or remove the rule for none.`,
      };
    }
    for (const { source } of rule.from ?? []) {
      const accounts = count(source?.serviceAccounts, source?.notServiceAccounts);
      const others = count(
        source?.principals,
        source?.notPrincipals,
        source?.namespaces,
        source?.notNamespaces,
      );
      if (accounts === 0 || others === 0) continue;
      yield {
        what: `a source of rule ${i} has service accounts together with principals or namespaces`,
        why: 'Istio refuses the mixture',
        fix: 'Make two sources of it, or write the accounts as principals.',
      };
    }
  }
}

function count(...lists: (readonly unknown[] | undefined)[]): number {
  return lists.reduce((sum, list) => sum + (list?.length ?? 0), 0);
}

function check(spec: Spec): Complaint[] {
  return [...complaints(spec)];
}
