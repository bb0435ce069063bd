/** Values as the charts name them. */
export type PlainValues = { readonly [key: string]: unknown };

/**
 * Merges values, later over earlier: objects key by key, lists and single values as a whole. What is undefined,
 * and objects without a value, are left out; keys come sorted.
 */
export function mergeValues(...layers: readonly PlainValues[]): PlainValues {
  const merged: Record<string, unknown> = {};
  const keys = new Set(layers.flatMap(layer => Object.keys(layer)));
  for (const key of [...keys].sort()) {
    const given = layers.map(layer => layer[key]).filter(value => value !== undefined);
    if (given.length === 0) continue;
    const last = given.at(-1);
    const value = isObject(last) ? mergeValues(...given.filter(isObject)) : last;
    if (!isObject(value) || Object.keys(value).length > 0) merged[key] = value;
  }
  return merged;
}

/** The value at a path such as `global.network`. */
export function valueAt(values: PlainValues, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => (isObject(value) ? value[key] : undefined), values);
}

/**
 * Values that follow from the topology: whatever else stood there, the cluster would leave its place in the
 * mesh. The istiod chart moves what is under `pilot` to the top, so both places count.
 */
const OWNED: readonly (readonly string[])[] = [
  ['profile'],
  ['revision'],
  ['global', 'meshID'],
  ['global', 'multiCluster', 'clusterName'],
  ['global', 'network'],
  ['global', 'istioNamespace'],
  ['global', 'externalIstiod'],
  ['global', 'remotePilotAddress'],
  ['global', 'configCluster'],
  ['global', 'caAddress'],
  ['istiodRemote', 'enabled'],
  ['istiodRemote', 'injectionPath'],
  ['istiodRemote', 'injectionURL'],
  ['base', 'validationURL'],
  ['meshConfig', 'trustDomain'],
  ['meshConfig', 'rootNamespace'],
  ['meshConfig', 'defaultConfig', 'discoveryAddress'],
  ['configMap'],
  ...[
    'CLUSTER_ID',
    'EXTERNAL_ISTIOD',
    'ISTIOD_CUSTOM_HOST',
    'LOCAL_CLUSTER_SECRET_WATCHER',
    'SHARED_MESH_CONFIG',
    'PILOT_ENABLE_AMBIENT',
    'AMBIENT_ENABLE_MULTI_NETWORK',
    'RESOLVE_HOSTNAME_GATEWAYS',
  ].map(name => ['env', name]),
];

/** A value that a user gave and the topology contradicts. */
export interface ValueConflict {
  /** As the user would look for it: `global.network`. */
  readonly path: string;
  readonly given: unknown;
  /** Undefined where the topology needs it unset. */
  readonly needed: unknown;
}

/** Where a user's values contradict what the topology needs. */
export function valueConflicts(user: PlainValues, topology: PlainValues): ValueConflict[] {
  return OWNED.flatMap(path => {
    const needed = valueAt(topology, path) ?? valueAt(topology, ['pilot', ...path]);
    return [path, ['pilot', ...path]].flatMap(place => {
      const given = valueAt(user, place);
      return given === undefined || given === needed ? [] : [{ path: place.join('.'), given, needed }];
    });
  });
}

function isObject(value: unknown): value is PlainValues {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
