/** A mapping of YAML or JSON. */
export type Plain = Record<string, unknown>;

/** Whether a value is a mapping (not a list, not null). */
export function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The mapping at a path of keys, or an empty one where the input has none (or something else) there. */
export function plainAt(value: unknown, ...path: string[]): Plain {
  const found = valueAt(value, ...path);
  return isPlain(found) ? found : {};
}

/** The list at a path of keys, or an empty one. */
export function listAt(value: unknown, ...path: string[]): unknown[] {
  const found = valueAt(value, ...path);
  return Array.isArray(found) ? found : [];
}

/** The mappings in the list at a path of keys; anything else in it is left out. */
export function plainsAt(value: unknown, ...path: string[]): Plain[] {
  return listAt(value, ...path).filter(isPlain);
}

/** The text at a path of keys; undefined where there is none. */
export function stringAt(value: unknown, ...path: string[]): string | undefined {
  const found = valueAt(value, ...path);
  return typeof found === 'string' ? found : undefined;
}

/** The number at a path of keys; undefined where there is none. */
export function numberAt(value: unknown, ...path: string[]): number | undefined {
  const found = valueAt(value, ...path);
  return typeof found === 'number' ? found : undefined;
}

/** The texts in the list at a path of keys. */
export function stringsAt(value: unknown, ...path: string[]): string[] {
  return listAt(value, ...path).filter(entry => typeof entry === 'string');
}

/** A mapping of texts, such as labels; values of other types are left out. */
export function labelsAt(value: unknown, ...path: string[]): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const [key, label] of Object.entries(plainAt(value, ...path))) {
    if (typeof label === 'string') labels[key] = label;
  }
  return labels;
}

/** Whatever is at a path of keys. */
export function valueAt(value: unknown, ...path: string[]): unknown {
  let found = value;
  for (const key of path) {
    if (!isPlain(found) || !Object.hasOwn(found, key)) return undefined;
    found = found[key];
  }
  return found;
}

/** Helm's way of layering values: mappings are merged key by key, everything else is replaced. */
export function deepMerge(base: Plain, over: Plain): Plain {
  const merged: Plain = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const under = merged[key];
    merged[key] = isPlain(under) && isPlain(value) ? deepMerge(under, value) : value;
  }
  return merged;
}

/** Order by code units: the same on every machine, and Go's order of strings for ASCII. */
export function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
