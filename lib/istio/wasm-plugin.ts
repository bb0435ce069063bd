import type { Construct } from 'constructs';
import {
  WasmPlugin as Bound,
  toJson_WasmPluginSpec,
  type WasmPluginSpec,
} from '../../imports/extensions.istio.io';
import type { Plain } from './plain';
import {
  type Complaint,
  type IstioKind,
  IstioResource,
  type IstioResourceProps,
  splitProps,
} from './resource';
import type { PolicyTarget } from './target';

type Spec = Plain<WasmPluginSpec>;

/** Props of {@link WasmPlugin}. */
export type WasmPluginProps = WasmPluginFields & PolicyTarget<Spec>;

/** Most props of {@link WasmPlugin}. */
export interface WasmPluginFields extends IstioResourceProps {
  /** Where the module is: `oci://` (also without scheme), `https://`, `http://`, `file://`. */
  readonly url: Spec['url'];
  /**
   * SHA-256 of the module or of the image, 64 hexadecimal digits.
   * @default - not checked
   */
  readonly sha256?: Spec['sha256'];
  /**
   * IfNotPresent or Always.
   * @default - IfNotPresent; Always for the tag latest
   */
  readonly imagePullPolicy?: Spec['imagePullPolicy'];
  /**
   * Secret in its namespace to pull the image with.
   * @default - none
   */
  readonly imagePullSecret?: Spec['imagePullSecret'];
  /**
   * Not used by Istio so far.
   * @default - none
   */
  readonly verificationKey?: Spec['verificationKey'];
  /**
   * Name that the module is told.
   * @default - the name of the object
   */
  readonly pluginName?: Spec['pluginName'];
  /**
   * Configuration for the module.
   * @default - none
   */
  readonly pluginConfig?: Spec['pluginConfig'];
  /**
   * Where in the chain: before AUTHN, AUTHZ or STATS.
   * @default - at the end, before the router
   */
  readonly phase?: Spec['phase'];
  /**
   * Order within the phase, highest first.
   * @default 0
   */
  readonly priority?: Spec['priority'];
  /**
   * FAIL_CLOSE, FAIL_OPEN or FAIL_RELOAD: what happens to requests when the module fails.
   * @default FAIL_CLOSE
   */
  readonly failStrategy?: Spec['failStrategy'];
  /**
   * Which traffic it sees, by mode and port.
   * @default - all
   */
  readonly match?: Spec['match'];
  /**
   * HTTP or NETWORK.
   * @default HTTP
   */
  readonly type?: Spec['type'];
  /**
   * Environment of the virtual machine.
   * @default - none
   */
  readonly vmConfig?: Spec['vmConfig'];
}

const KIND: IstioKind<Spec> = {
  ...Bound.GVK,
  layer: 'mesh',
  toJson: toJson_WasmPluginSpec,
  check,
};

/**
 * WebAssembly in the proxies' filter chains. `pluginConfig` is the plugin's own and passes unchanged.
 *
 * @throws ModelError if the url is empty or of another scheme, or the checksum is none
 * @see https://istio.io/latest/docs/reference/config/proxy_extensions/wasm-plugin/
 */
export class WasmPlugin extends IstioResource<Spec> {
  constructor(scope: Construct, id: string, props: WasmPluginProps) {
    super(scope, id, KIND, ...splitProps<Spec>(props));
  }
}

/** @see pkg/config/validation/validation.go validateWasmPluginURL, validateWasmPluginSHA */
function* complaints({ url, sha256 = '' }: Spec): Generator<Complaint> {
  const scheme = /^([a-z0-9+.-]+):\/\//i.exec(url)?.[1].toLowerCase() ?? 'oci';
  if (!url || !['oci', 'https', 'http', 'file'].includes(scheme)) {
    yield {
      what: `url is ${JSON.stringify(url)}`,
      why: 'Istio fetches modules by oci, https, http and file',
      fix: "Write it as in 'oci://registry.example/plugin:1.0'.",
    };
  }
  if (sha256 !== '' && !/^[0-9a-f]{64}$/.test(sha256)) {
    yield {
      what: `sha256 is ${JSON.stringify(sha256)}`,
      why: 'Istio wants 64 lower-case hexadecimal digits',
      fix: 'Paste the output of sha256sum.',
    };
  }
}

function check(spec: Spec): Complaint[] {
  return [...complaints(spec)];
}
