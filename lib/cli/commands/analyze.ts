import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { analyze } from '../../analysis/analyze';
import { CHECKS } from '../../analysis/checks';
import { explain } from '../../analysis/docs';
import { formatJson } from '../../analysis/format/json';
import { formatSarif } from '../../analysis/format/sarif';
import { formatText } from '../../analysis/format/text';
import { NO_RULES, type Rules, readRules } from '../../analysis/rules';
import { type Check, type Finding, SEVERITIES, type Severity } from '../../analysis/types';
import { InputError } from '../../fleet/errors';
import type { Fleet } from '../../fleet/fleet';
import { readText } from '../../fleet/folder';
import { FLEET_FILE, INVENTORY_FILE, loadDist, loadFolders } from '../../fleet/load';
import { parseMapping } from '../../fleet/parse';

/** No finding of a severity that fails. */
export const EXIT_CLEAN = 0;
/** Some. */
export const EXIT_FINDINGS = 1;
/** Nothing can be said: the input or the options can't be used. */
export const EXIT_UNUSABLE = 2;

/** What a command writes to, so that tests can read it. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  /** Whether colours are wanted on `out`. */
  readonly hasColours: boolean;
  /** Version of the package, named in SARIF. */
  readonly version: string;
}

interface Options {
  readonly cluster: readonly string[];
  readonly config?: string;
  readonly format: string;
  readonly only: readonly string[];
  readonly failOn: string;
  readonly explain?: string;
}

/** Adds `isthmus analyze` to the program; `exit` gets the exit code once everything is written. */
export function addAnalyze(program: Command, terminal: Terminal, exit: (code: number) => void): void {
  const collect = (value: string, before: readonly string[]) => [...before, value];
  program
    .command('analyze')
    .description('report what is wrong with the manifests of all clusters; nothing is contacted')
    .argument('[dir]', `output of a synthesis (with ${FLEET_FILE}), or a folder with an ${INVENTORY_FILE}`)
    .option('--cluster <name=dir>', 'manifests of a cluster; may be repeated', collect, [])
    .option(
      '--config <file>',
      `rules and inventory; by default ${INVENTORY_FILE} in DIR or in the current folder`,
    )
    .option('--format <format>', 'text, json or sarif', 'text')
    .option('--only <codes>', 'run only these checks: codes, separated by commas', splitCodes, [])
    .option(
      '--fail-on <severity>',
      'exit with 1 from this severity on: error, warning, info or never',
      'error',
    )
    .option('--explain <code>', 'say what a check looks at, why, and the way out; reads no manifests')
    .action((dir: string | undefined, options: Options) => exit(runAnalyze(dir, options, terminal)));
}

/** Runs the command and gives its exit code. */
export function runAnalyze(dir: string | undefined, options: Options, terminal: Terminal): number {
  try {
    if (options.explain !== undefined) {
      terminal.out(explain(checkOf(options.explain)));
      return EXIT_CLEAN;
    }
    const format = oneOf('--format', options.format, ['text', 'json', 'sarif'] as const);
    const failOn = oneOf('--fail-on', options.failOn, [...SEVERITIES, 'never'] as const);
    const checks = options.only.length > 0 ? options.only.map(checkOf) : CHECKS;
    const config = configFile(dir, options.config);
    const findings = analyze(loadFleet(dir, options.cluster, config), { checks, rules: rulesOf(config) });
    if (format === 'json') terminal.out(formatJson(findings));
    else if (format === 'sarif') terminal.out(formatSarif(findings, checks, terminal.version));
    else terminal.out(formatText(findings, { colour: terminal.hasColours }));
    return fails(findings, failOn) ? EXIT_FINDINGS : EXIT_CLEAN;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    terminal.err(`${error.message}\n`);
    return EXIT_UNUSABLE;
  }
}

function loadFleet(dir: string | undefined, clusters: readonly string[], config: string | undefined): Fleet {
  const folders = new Map(clusters.map(splitCluster));
  if (dir !== undefined && folders.size === 0 && existsSync(join(dir, FLEET_FILE))) return loadDist(dir);
  if (dir !== undefined && folders.size === 0 && !existsSync(join(dir, INVENTORY_FILE))) return loadDist(dir);
  if (dir === undefined && folders.size === 0) {
    throw new InputError('nothing to analyze is named', 'Name a folder, or give --cluster NAME=DIR.');
  }
  return loadFolders({ folders, inventory: config && hasClusters(config) ? config : undefined });
}

function configFile(dir: string | undefined, given: string | undefined): string | undefined {
  if (given !== undefined) return given;
  return [...(dir === undefined ? [] : [join(dir, INVENTORY_FILE)]), INVENTORY_FILE].find(file =>
    existsSync(file),
  );
}

function hasClusters(config: string): boolean {
  return parseMapping(config, readText(config)).clusters !== undefined;
}

function rulesOf(config: string | undefined): Rules {
  if (config === undefined) return NO_RULES;
  return readRules(config, parseMapping(config, readText(config)), new Set(CHECKS.map(check => check.code)));
}

function checkOf(code: string): Check {
  const check = CHECKS.find(candidate => candidate.code === code.toUpperCase());
  if (!check) throw new InputError(`no check has the code "${code}"`, 'See docs/checks for the codes.');
  return check;
}

function oneOf<T extends string>(option: string, value: string, known: readonly T[]): T {
  const found = known.find(candidate => candidate === value);
  if (!found) throw new InputError(`${option} is "${value}"`, `It must be one of ${known.join(', ')}.`);
  return found;
}

function fails(findings: readonly Finding[], failOn: Severity | 'never'): boolean {
  if (failOn === 'never') return false;
  const worst = SEVERITIES.slice(0, SEVERITIES.indexOf(failOn) + 1);
  return findings.some(finding => worst.includes(finding.severity));
}

function splitCodes(value: string): string[] {
  return value
    .split(',')
    .map(code => code.trim())
    .filter(code => code !== '');
}

function splitCluster(value: string): [name: string, folder: string] {
  const equals = value.indexOf('=');
  if (equals <= 0 || equals === value.length - 1) {
    throw new InputError(`--cluster is "${value}"`, 'Write it as NAME=DIR.');
  }
  return [value.slice(0, equals), value.slice(equals + 1)];
}
