import { run } from '../../lib/cli/main';

/** What a command printed, and its exit code. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the command in memory. */
export async function isthmus(...args: string[]): Promise<Ran> {
  let out = '';
  let err = '';
  const code = await run(args, {
    out: text => {
      out += text;
    },
    err: text => {
      err += text;
    },
  });
  return { code, out, err };
}
