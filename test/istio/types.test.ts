import type * as extensions from '../../imports/extensions.istio.io';
import type * as networking from '../../imports/networking.istio.io';
import type * as security from '../../imports/security.istio.io';
import { type PeerAuthenticationSpec, PeerAuthenticationSpecMtlsMode } from '../../imports/security.istio.io';
import type * as telemetry from '../../imports/telemetry.istio.io';
import type * as istio from '../../lib/istio';

/** These are judged by the type check (`npm run types`); an error that fails to appear is one there. */

/** Fields of a spec that the props of its construct lack; distributes over unions. */
type KeysOf<T> = T extends unknown ? keyof T : never;
type Missing<Spec, Props> = Exclude<keyof Spec, KeysOf<Props>>;
const nothing = <_T extends never>() => {};

test('the props of each construct have every field of the spec', () => {
  nothing<Missing<networking.GatewaySpec, istio.GatewayProps>>();
  nothing<Missing<networking.VirtualServiceSpec, istio.VirtualServiceProps>>();
  nothing<Missing<networking.DestinationRuleSpec, istio.DestinationRuleProps>>();
  nothing<Missing<networking.ServiceEntrySpec, istio.ServiceEntryProps>>();
  nothing<Missing<networking.WorkloadEntrySpec, istio.WorkloadEntryProps>>();
  nothing<Missing<networking.WorkloadGroupSpec, istio.WorkloadGroupProps>>();
  nothing<Missing<networking.SidecarSpec, istio.SidecarProps>>();
  nothing<Missing<networking.EnvoyFilterSpec, istio.EnvoyFilterProps>>();
  nothing<Missing<networking.ProxyConfigSpec, istio.ProxyConfigProps>>();
  nothing<Missing<security.PeerAuthenticationSpec, istio.PeerAuthenticationProps>>();
  nothing<Missing<security.RequestAuthenticationSpec, istio.RequestAuthenticationProps>>();
  nothing<Missing<security.AuthorizationPolicySpec, istio.AuthorizationPolicyProps>>();
  nothing<Missing<telemetry.TelemetrySpec, istio.TelemetryProps>>();
  nothing<Missing<extensions.WasmPluginSpec, istio.WasmPluginProps>>();
  // @ts-expect-error the check itself notices a missing field
  nothing<Missing<networking.SidecarSpec, istio.GatewayProps>>();
});

const policies: istio.AuthorizationPolicyProps[] = [
  { action: 'DENY', rules: [{}] },
  { action: 'CUSTOM', rules: [{}], provider: { name: 'a' }, selector: { matchLabels: { a: 'b' } } },
  { targetRefs: [{ kind: 'Service', name: 'a' }] },
  // @ts-expect-error DENY without rules
  { action: 'DENY' },
  // @ts-expect-error a provider is for CUSTOM only
  { action: 'ALLOW', provider: { name: 'a' } },
  // @ts-expect-error CUSTOM needs a provider
  { action: 'CUSTOM', rules: [{}] },
  // @ts-expect-error workloads by label or by reference, not both
  { selector: { matchLabels: { a: 'b' } }, targetRefs: [{ kind: 'Service', name: 'a' }] },
];

const peers: istio.PeerAuthenticationProps[] = [
  { mtls: { mode: 'STRICT' } },
  { mtls: { mode: PeerAuthenticationSpecMtlsMode.STRICT } },
  { mtls: {} as PeerAuthenticationSpec['mtls'] },
  { selector: { matchLabels: { a: 'b' } }, portLevelMtls: { 80: { mode: 'DISABLE' } } },
  // @ts-expect-error not a mode
  { mtls: { mode: 'STRIKT' } },
  // @ts-expect-error ports need a selector
  { portLevelMtls: { 80: { mode: 'DISABLE' } } },
];

const entries: istio.ServiceEntryProps[] = [
  { hosts: ['a'], endpoints: [] },
  { hosts: ['a'], workloadSelector: { labels: {} } },
  // @ts-expect-error endpoints or a selector, not both
  { hosts: ['a'], endpoints: [], workloadSelector: { labels: {} } },
];

const filters: istio.EnvoyFilterProps[] = [
  { targetRefs: [{ kind: 'Gateway', name: 'a' }] },
  // @ts-expect-error labels or references, not both
  { targetRefs: [], workloadSelector: { labels: {} } },
];

test('what excludes each other can not be written', () => {
  expect([policies, peers, entries, filters].map(list => list.length)).toEqual([7, 6, 3, 2]);
});
