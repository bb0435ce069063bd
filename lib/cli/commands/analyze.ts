import { join } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { analyze } from '../../analysis/analyze';
import { CHECKS } from '../../analysis/checks';
import { explain } from '../../analysis/docs';
import { formatJson } from '../../analysis/format/json';
import { formatSarif } from '../../analysis/format/sarif';
import { formatText } from '../../analysis/format/text';
import { NO_RULES, type Rules, readRules } from '../../analysis/rules';
import { type Check, type Finding, SEVERITIES, type Severity } from '../../analysis/types';
import { exists, readText } from '../../fleet/folder';
import { INVENTORY_FILE } from '../../fleet/load';
import { parseMapping } from '../../fleet/parse';
import { type FleetOptions, loadFleet, withFleetOptions } from '../fleet-options';
import { EXIT_FINE, type Io } from '../io';

/** There are findings of the severity that fails. */
export const EXIT_FINDINGS = 1;

const FORMATS = ['text', 'json', 'sarif'] as const;
const NEVER = 'never';

interface Options extends FleetOptions {
  readonly format: (typeof FORMATS)[number];
  readonly only?: readonly Check[];
  readonly rules?: string;
  readonly failOn: Severity | typeof NEVER;
  readonly explain?: Check;
}

/** How `isthmus analyze` ends and what it says of itself. */
export interface AnalyzeSettings {
  /** Version of the package, named in SARIF. */
  readonly version: string;
  /** Whether text is coloured. */
  readonly colour: boolean;
  /** Gets the exit code when everything is written. */
  exit(code: number): void;
}

/** Adds `isthmus analyze`: what is wrong with the manifests of all clusters, without contacting any. */
export function addAnalyze(program: Command, io: Io, settings: AnalyzeSettings): void {
  const command = program
    .command('analyze')
    .description('what is wrong with the manifests of all clusters: nothing is contacted')
    .addOption(new Option('--format <format>', 'how findings are written').choices(FORMATS).default('text'))
    .option('--only <codes>', 'run only these checks: ISM0101,ISM0302', checksOf)
    .option('--rules <file>', `an ${INVENTORY_FILE} with analysis.rules; by default that in [dir] or here`)
    .addOption(
      new Option('--fail-on <severity>', 'exit with 1 from this severity on')
        .choices([...SEVERITIES, NEVER])
        .default('error'),
    )
    .option('--explain <code>', 'what a check looks at, why, and the way out; reads no manifests', checkOf);
  withFleetOptions(command).action((dir: string, options: Options) => {
    if (options.explain) {
      io.out(explain(options.explain));
      return;
    }
    const checks = options.only ?? CHECKS;
    const findings = analyze(loadFleet(dir, options), { checks, rules: rulesFor(dir, options) });
    if (options.format === 'json') io.out(formatJson(findings));
    else if (options.format === 'sarif') io.out(formatSarif(findings, checks, settings.version));
    else io.out(formatText(findings, { colour: settings.colour }));
    settings.exit(fails(findings, options.failOn) ? EXIT_FINDINGS : EXIT_FINE);
  });
}

function rulesFor(dir: string, options: Options): Rules {
  const here = [join(dir, INVENTORY_FILE), INVENTORY_FILE].find(exists);
  const file = options.rules ?? options.inventory ?? here;
  if (file === undefined) return NO_RULES;
  return readRules(file, parseMapping(file, readText(file)), new Set(CHECKS.map(check => check.code)));
}

function checksOf(codes: string): Check[] {
  return codes.split(',').map(code => checkOf(code.trim()));
}

function checkOf(code: string): Check {
  const check = CHECKS.find(candidate => candidate.code === code.toUpperCase());
  if (!check) throw new InvalidArgumentError(`No check has the code "${code}"; docs/checks lists them.`);
  return check;
}

function fails(findings: readonly Finding[], failOn: Options['failOn']): boolean {
  if (failOn === NEVER) return false;
  const failing = SEVERITIES.slice(0, SEVERITIES.indexOf(failOn) + 1);
  return findings.some(finding => failing.includes(finding.severity));
}
