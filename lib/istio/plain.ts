/**
 * A generated type as people write it: where the bindings have an enum, its plain values do as well
 * (`'STRICT'` beside `PeerAuthenticationSpecMtlsMode.STRICT`), at any depth.
 */
export type Plain<T> = 0 extends 1 & T
  ? T
  : T extends string
    ? T | `${T}`
    : T extends number | boolean | undefined
      ? T
      : T extends readonly (infer Item)[]
        ? readonly Plain<Item>[]
        : { readonly [Key in keyof T]: Plain<T[Key]> };
