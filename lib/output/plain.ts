/** A map of plain data. */
export type Plain = Record<string, unknown>;

/**
 * Whether cdk8s's built-in resolvers leave a map as it is (its entries aside), and whether it sanitizes it entry
 * by entry: a literal object, not an instance of a class, a token, or a union of number and string
 * (cdk8s 2.70: resolve.ts, _util.ts).
 */
export function isPlainMap(map: object): map is Plain {
  return (
    Object.getPrototypeOf(map) === Object.prototype &&
    map.constructor === Object &&
    typeof (map as Plain).resolve !== 'function' &&
    !Object.hasOwn(map, '__proto__')
  );
}

/** The same for a list. */
export function isPlainList(list: readonly unknown[]): boolean {
  return list.constructor === Array && !('resolve' in list) && !('value' in list);
}

/**
 * Keys in the order that they have in what cdk8s makes of a map: sorted by code units, but after those that are
 * whole numbers, which come first in any JavaScript object.
 *
 * @param map any map
 * @param sort false with `CDK8S_DISABLE_SORT`
 */
export function keysInOrder(map: Plain, sort: boolean): string[] {
  const keys = Object.keys(map);
  if (!sort || keys.length < 2) return keys;
  if (keys.length > 24 || /^\d/.test(keys[0])) {
    return Object.keys(Object.fromEntries(keys.sort().map(key => [key, 0])));
  }
  for (let index = 1; index < keys.length; index++) {
    const key = keys[index];
    let at = index;
    for (; at > 0 && keys[at - 1] > key; at--) keys[at] = keys[at - 1];
    keys[at] = key;
  }
  return keys;
}
