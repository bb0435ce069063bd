#!/usr/bin/env node
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { InputError } from '../fleet/errors';
import { addAnalyze } from './commands/analyze';
import { addEndpoints } from './commands/endpoints';
import { addExpand } from './commands/expand';
import { addWhatIf } from './commands/whatif';
import { EXIT_FINE, EXIT_UNUSABLE, type Io } from './io';

/**
 * Runs the `isthmus` command.
 *
 * @returns the exit code: 0 fine, 1 findings (`analyze`), 2 unusable input or options.
 */
export async function run(args: readonly string[], io: Io): Promise<number> {
  let code = EXIT_FINE;
  const program = new Command('isthmus')
    .description(
      'Multi-cluster Istio at review time: where requests go, and what is wrong, before anything is applied',
    )
    .version(packageVersion())
    .configureOutput({ writeOut: text => io.out(text), writeErr: text => io.err(text) })
    .exitOverride();
  addExpand(program, io);
  addEndpoints(program, io);
  addWhatIf(program, io);
  addAnalyze(program, io, {
    version: packageVersion(),
    colour: io.hasColours ?? false,
    exit: given => {
      code = given;
    },
  });
  for (const command of program.commands) command.copyInheritedSettings(program);
  try {
    await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_FINE : EXIT_UNUSABLE;
    if (error instanceof InputError) {
      io.err(`isthmus: ${error.message}\n`);
      return EXIT_UNUSABLE;
    }
    throw error;
  }
}

/** The version in the nearest package.json above this file: the sources and the build are at different depths. */
function packageVersion(): string {
  for (let folder = __dirname; folder !== dirname(folder); folder = dirname(folder)) {
    const file = join(folder, 'package.json');
    if (existsSync(file))
      return String((JSON.parse(readFileSync(file, 'utf8')) as { version: unknown }).version);
  }
  return 'unknown';
}

if (require.main === module) {
  const io = {
    out: (text: string) => process.stdout.write(text),
    err: (text: string) => process.stderr.write(text),
    hasColours: process.stdout.isTTY && process.stdout.hasColors(),
  };
  run(process.argv.slice(2), io).then(
    code => {
      process.exitCode = code;
    },
    (error: unknown) => {
      io.err(`${error instanceof Error ? error.stack : String(error)}\n`);
      process.exitCode = 70;
    },
  );
}
