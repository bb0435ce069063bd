/** Where a command writes: standard output and standard error, or strings in tests. */
export interface Io {
  out(text: string): void;
  err(text: string): void;
  /**
   * Whether colours are wanted on `out`.
   *
   * @default false
   */
  readonly hasColours?: boolean;
}

/** Everything went well, and there was nothing to complain about. */
export const EXIT_FINE = 0;
/** The input or the options can't be used. */
export const EXIT_UNUSABLE = 2;
