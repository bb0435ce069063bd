/** The folder of manifests can't be written or read; the message says what to do. */
export class DistError extends Error {
  /**
   * @param message what is wrong and the way out
   * @param code the system's error code when it was the cause: `ENOSPC`
   */
  constructor(
    message: string,
    readonly code?: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'DistError';
  }
}

const CAUSES: Record<string, [what: string, fix: string]> = {
  ENOSPC: ['no space is left on the device', 'Free some space there and run again'],
  EDQUOT: ['the disk quota is used up', 'Free some space there and run again'],
  EACCES: ['permission was denied', 'Give this user the right to write there, or choose another folder'],
  EPERM: [
    'the operation is not permitted',
    'Give this user the right to write there, or choose another folder',
  ],
  EROFS: ['the file system is read-only', 'Choose another folder'],
  EMFILE: ['too many files are open', 'Raise the limit of open files and run again'],
  ENAMETOOLONG: ['the name is too long for the file system', 'Choose a shorter name'],
};

/** Code of a system error, if it is one. */
export function systemCode(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException)?.code;
}

/** Words a system error for users: which file, why, what state the folder is in, the way out. */
export function writeError(error: unknown, path: string, state: string): DistError {
  const code = systemCode(error);
  const [what, fix] = (code && CAUSES[code]) || [
    error instanceof Error ? error.message : String(error),
    'Run again',
  ];
  return new DistError(`can't write ${path}: ${what}${code ? ` (${code})` : ''}. ${state}. ${fix}.`, code, {
    cause: error,
  });
}
