import { type ControlPlane, meshExportTo } from './control-plane';
import { type Fleet, namespaceOf } from './fleet';
import { mostSpecificMatch, resolveShortName } from './hosts';
import { containsLabels, type Labels } from './labels';
import { byText, labelsAt, type Plain, plainAt, plainsAt, stringAt, stringsAt, valueAt } from './plain';
import type { FleetObject } from './types';

/** The rule that is in force for a host, merged from one or more objects. */
export interface EffectiveDestinationRule {
  readonly namespace: string;
  /** The `spec` after merging. */
  readonly spec: Plain;
  /** The objects it was merged from; the first one gave the traffic policy unless it had none. */
  readonly from: readonly FleetObject[];
  readonly exportTo: readonly string[];
}

interface MutableRule {
  namespace: string;
  spec: Plain;
  from: FleetObject[];
  exportTo: readonly string[];
}

type RulesByHost = Map<string, MutableRule[]>;

/** The DestinationRules that one control plane reads, by who may use them. */
export interface DestinationRuleIndex {
  readonly rootNamespace: string;
  readonly local: ReadonlyMap<string, RulesByHost>;
  readonly exported: ReadonlyMap<string, RulesByHost>;
  readonly rootPrivate: RulesByHost;
  /** Whether any rule is for selected workloads only, so that a client's labels matter. */
  readonly hasSelectors: boolean;
}

/**
 * Indexes the DestinationRules of a control plane's config cluster.
 *
 * Source: Istio `pilot/pkg/model/push_context.go` setDestinationRules. Rules with a workload selector come
 * first, then the older one; manifests have no age, so namespace and name decide where it is equal or absent.
 */
export function indexDestinationRules(fleet: Fleet, plane: ControlPlane): DestinationRuleIndex {
  const local = new Map<string, RulesByHost>();
  const exported = new Map<string, RulesByHost>();
  const rootPrivate: RulesByHost = new Map();
  const isPrivateByDefault = meshExportTo(plane, 'defaultDestinationRuleExportTo').includes('.');
  const rules = [...fleet.ofKind('DestinationRule.networking.istio.io', plane.cluster)].sort(byPrecedence);
  for (const object of rules) {
    const namespace = namespaceOf(object.manifest);
    const spec = plainAt(object.manifest, 'spec');
    const host = resolveShortName(stringAt(spec, 'host') ?? '', namespace, plane.domain);
    const exportTo = hasSelector(spec) ? ['.'] : [...new Set(stringsAt(spec, 'exportTo'))].sort(byText);
    const rule = { namespace, spec, from: [object], exportTo };
    if (exportTo.length === 0 || ['*', '.', namespace].some(target => exportTo.includes(target))) {
      merge(rulesIn(local, namespace), host, rule);
    }
    const isPrivate =
      exportTo.length === 0
        ? isPrivateByDefault
        : exportTo.length === 1 && (exportTo[0] === '.' || exportTo[0] === namespace);
    if (!isPrivate) merge(rulesIn(exported, namespace), host, rule);
    else if (namespace === plane.rootNamespace) merge(rootPrivate, host, rule);
  }
  const hasSelectors = rules.some(({ manifest }) => hasSelector(plainAt(manifest, 'spec')));
  return { rootNamespace: plane.rootNamespace, local, exported, rootPrivate, hasSelectors };
}

/**
 * The rule that a client in a namespace uses for a service: the client's namespace first, then the service's,
 * then the root namespace; in each the most specific host. Of rules with workload selectors the first that
 * selects the client wins.
 *
 * Source: Istio `pilot/pkg/model/push_context.go` destinationRule; `sidecar.go` SidecarScope.DestinationRule.
 */
export function destinationRuleFor(
  index: DestinationRuleIndex,
  client: { readonly namespace: string; readonly labels: Labels },
  service: { readonly host: string; readonly namespace: string },
): EffectiveDestinationRule | undefined {
  const candidates = rulesFor(index, client.namespace, service);
  let catchAll: EffectiveDestinationRule | undefined;
  for (const rule of candidates) {
    if (!hasSelector(rule.spec)) catchAll = rule;
    else if (rule.namespace === client.namespace && containsLabels(selectorOf(rule.spec), client.labels))
      return rule;
  }
  return catchAll;
}

/** The labels of a subset; undefined when the rule has no such subset. */
export function subsetLabels(rule: EffectiveDestinationRule | undefined, subset: string): Labels | undefined {
  const spec = plainsAt(rule?.spec, 'subsets').find(entry => entry.name === subset);
  return spec === undefined ? undefined : labelsAt(spec, 'labels');
}

function rulesFor(
  index: DestinationRuleIndex,
  clientNamespace: string,
  service: { host: string; namespace: string },
): readonly MutableRule[] {
  const own = clientNamespace === index.rootNamespace ? index.rootPrivate : index.local.get(clientNamespace);
  const ownMatch = own && mostSpecificMatch(service.host, own);
  if (ownMatch) return ownMatch.value;
  for (const namespace of [service.namespace, index.rootNamespace]) {
    const rules = index.exported.get(namespace);
    const match = rules && mostSpecificMatch(service.host, rules);
    const visible = (match?.value ?? []).filter(
      rule =>
        rule.exportTo.length === 0 || rule.exportTo.includes('*') || rule.exportTo.includes(clientNamespace),
    );
    if (visible.length > 0) return visible;
  }
  return [];
}

/**
 * Merges a rule with those for the same host: only subsets that aren't there yet are added, and the traffic
 * policy if there was none. Rules are merged only where their exports allow it.
 *
 * Source: Istio `pilot/pkg/model/destination_rule.go` mergeDestinationRule, with
 * ENABLE_ENHANCED_DESTINATIONRULE_MERGE at its default, true.
 */
function merge(rules: RulesByHost, host: string, rule: MutableRule): void {
  const existing = rules.get(host);
  if (!existing) {
    rules.set(host, [rule]);
    return;
  }
  let separately = true;
  for (const [i, other] of existing.entries()) {
    if (sameTexts(rule.exportTo, other.exportTo)) separately = false;
    else if (other.exportTo.length > 0 && other.exportTo.every(target => rule.exportTo.includes(target))) {
      separately = true;
    } else {
      separately = true;
      continue;
    }
    const bothSelect = hasSelector(other.spec) && hasSelector(rule.spec);
    const neitherSelects = !hasSelector(other.spec) && !hasSelector(rule.spec);
    const sameSelector = sameLabels(selectorOf(other.spec), selectorOf(rule.spec));
    if (bothSelect && !sameSelector) {
      separately = true;
      continue;
    }
    if (neitherSelects || (bothSelect && sameSelector)) separately = false;
    existing[i] = mergeInto(other, rule);
  }
  if (separately) existing.push(rule);
}

function mergeInto(first: MutableRule, second: MutableRule): MutableRule {
  const subsets = plainsAt(first.spec, 'subsets');
  const known = new Set(subsets.map(subset => subset.name));
  const added = plainsAt(second.spec, 'subsets').filter(subset => !known.has(subset.name));
  return {
    ...first,
    from: [...first.from, ...second.from],
    spec: {
      ...first.spec,
      subsets: [...subsets, ...added],
      trafficPolicy: valueAt(first.spec, 'trafficPolicy') ?? valueAt(second.spec, 'trafficPolicy'),
    },
  };
}

function hasSelector(spec: Plain): boolean {
  return valueAt(spec, 'workloadSelector') !== undefined;
}

function selectorOf(spec: Plain): Labels {
  return labelsAt(spec, 'workloadSelector', 'matchLabels');
}

function rulesIn(index: Map<string, RulesByHost>, namespace: string): RulesByHost {
  let rules = index.get(namespace);
  if (!rules) {
    rules = new Map();
    index.set(namespace, rules);
  }
  return rules;
}

/** Source: Istio `pilot/pkg/model/config.go` sortConfigBySelectorAndCreationTime. */
function byPrecedence(a: FleetObject, b: FleetObject): number {
  const selecting = (object: FleetObject) => (hasSelector(plainAt(object.manifest, 'spec')) ? 0 : 1);
  return selecting(a) - selecting(b) || byAge(a, b);
}

/**
 * Older first, then by name and namespace. Source: Istio `pilot/pkg/model/config.go`
 * sortConfigByCreationTime.
 */
export function byAge(a: FleetObject, b: FleetObject): number {
  const age = (object: FleetObject) => stringAt(object.manifest, 'metadata', 'creationTimestamp') ?? '';
  return (
    byText(age(a), age(b)) ||
    byText(a.manifest.metadata.name, b.manifest.metadata.name) ||
    byText(namespaceOf(a.manifest), namespaceOf(b.manifest))
  );
}

function sameTexts(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, i) => text === b[i]);
}

function sameLabels(a: Labels, b: Labels): boolean {
  return Object.keys(a).length === Object.keys(b).length && containsLabels(a, b);
}
