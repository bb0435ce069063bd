/** Values that are in a list more than once, each once; undefined doesn't count. */
export function duplicates<T>(list: readonly (T | undefined)[]): T[] {
  const repeated = list.filter((it, i): it is T => it !== undefined && list.indexOf(it) < i);
  return [...new Set(repeated)];
}
