/** Where a command writes: standard output and standard error, or strings in tests. */
export interface Io {
  out(text: string): void;
  err(text: string): void;
  /** Whether `out` shows colours; by default it doesn’t. */
  readonly hasColours?: boolean;
}

/** Everything went well, and there was nothing to complain about. */
export const EXIT_FINE: number = 0;
/** The input or the options can't be used. */
export const EXIT_UNUSABLE = 2;
