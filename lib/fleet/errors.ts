/** Where in the input something is wrong. */
export interface InputPlace {
  /** File or folder as the user named it. */
  readonly file?: string;
  /** From 1. */
  readonly line?: number;
  /** From 1. */
  readonly column?: number;
}

/**
 * The input can't be used: it isn't there, doesn't parse, or says two things at once. The message names the
 * place, what is wrong and the way out. Commands exit with 2.
 */
export class InputError extends Error {
  constructor(
    readonly what: string,
    readonly fix: string,
    readonly place: InputPlace = {},
  ) {
    super(`${formatPlace(place)}${what}. ${fix}`);
    this.name = 'InputError';
  }
}

function formatPlace(place: InputPlace): string {
  if (!place.file) return '';
  const line = place.line ? `:${place.line}${place.column ? `:${place.column}` : ''}` : '';
  return `${place.file}${line}: `;
}
