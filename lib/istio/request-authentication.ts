import type { Construct } from 'constructs';
import {
  RequestAuthentication as Bound,
  type RequestAuthenticationSpec,
  toJson_RequestAuthenticationSpec,
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

type Spec = Plain<RequestAuthenticationSpec>;

/** Props of {@link RequestAuthentication}. */
export type RequestAuthenticationProps = RequestAuthenticationFields & PolicyTarget<Spec>;

/** Most props of {@link RequestAuthentication}. */
export interface RequestAuthenticationFields extends IstioResourceProps {
  /**
   * Issuers and where their keys are.
   * @default - none
   */
  readonly jwtRules?: Spec['jwtRules'];
}

const KIND: IstioKind<Spec> = {
  ...Bound.GVK,
  layer: 'mesh',
  toJson: toJson_RequestAuthenticationSpec,
  check,
};

/**
 * Which JSON web tokens are valid. It refuses requests with a bad token; to refuse those without one takes an
 * AuthorizationPolicy.
 *
 * @throws ModelError if a rule has no issuer, or keys both inline and by address
 * @see https://istio.io/latest/docs/reference/config/security/request_authentication/
 */
export class RequestAuthentication extends IstioResource<Spec> {
  constructor(scope: Construct, id: string, props: RequestAuthenticationProps) {
    super(scope, id, KIND, ...splitProps<Spec>(props));
  }
}

/** @see pkg/config/validation/validation.go validateJwtRule */
function* complaints(spec: Spec): Generator<Complaint> {
  for (const rule of spec.jwtRules ?? []) {
    if (!rule.issuer) {
      yield {
        what: 'a JWT rule has no issuer',
        why: 'Istio refuses tokens that could come from anyone',
        fix: 'Set issuer to the iss claim of the tokens.',
      };
    }
    if (rule.jwks && rule.jwksUri) {
      yield {
        what: `the JWT rule for ${rule.issuer} has jwks and jwksUri`,
        why: 'the API server takes only one of them',
        fix: 'Remove one.',
      };
    }
  }
}

function check(spec: Spec): Complaint[] {
  return [...complaints(spec)];
}
