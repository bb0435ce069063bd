import { type Command, Option } from 'commander';
import { whatIfJson, whatIfMarkdown, whatIfText } from '../../report/what-if';
import { ambientNote } from '../../traffic/ambient';
import { parseFrom } from '../../traffic/asked';
import { type FailureMode, parseFailure, type Scenario, singleFailures } from '../../traffic/scenario';
import { study } from '../../traffic/what-if';
import { buildWorld, type World } from '../../traffic/world';
import {
  collectText,
  type ExpandCliOptions,
  type FleetOptions,
  type IstioVersionOption,
  loadExpanded,
  withExpandOptions,
  withFleetOptions,
  withIstioVersion,
} from '../fleet-options';
import type { Io } from '../io';

interface Options extends FleetOptions, ExpandCliOptions, IstioVersionOption {
  readonly from?: readonly string[];
  readonly fromNamespace?: string;
  readonly service?: readonly string[];
  readonly fail?: readonly string[];
  readonly all?: boolean;
  readonly mode: FailureMode | 'both';
  readonly format: 'text' | 'json' | 'md';
}

/** Adds `isthmus whatif`: where requests go, in the healthy state and in failures. */
export function addWhatIf(program: Command, io: Io): void {
  const several = (flags: string, description: string) =>
    new Option(flags, description).argParser(collectText);
  const command = program
    .command('whatif')
    .description('where every request goes, in the healthy state and in failures')
    .addOption(
      several('--from <cluster[/zone]>', 'clients; by default all, ingress gateways included; repeatable'),
    )
    .option('--from-namespace <namespace>', "namespace of the clients; by default the service's")
    .addOption(several('--service <namespace/name[:port]>', 'services; by default all; repeatable'))
    .addOption(
      several(
        '--fail <kind=name>',
        'what fails; several fail together. zone, region, cluster, network, gateway (CLUSTER[/NAMESPACE/NAME]), control-plane, version (NAMESPACE/APP/VERSION), pods (NAMESPACE/APP:PERCENT)',
      ),
    )
    .option(
      '--all',
      'every single failure of zones, regions, clusters, networks, gateways and control planes',
    )
    .addOption(
      new Option('--mode <mode>', 'pods reported unready, or ready but failing requests')
        .choices(['unready', 'failing', 'both'])
        .default('both'),
    )
    .addOption(
      new Option('--format <format>', 'how to print it').choices(['text', 'json', 'md']).default('text'),
    );
  withIstioVersion(withExpandOptions(withFleetOptions(command))).action((dir: string, options: Options) => {
    const { fleet, assumptions } = loadExpanded(dir, options);
    const world = buildWorld(fleet, options.istioVersion);
    const versions = [...world.planes.values()].map(({ plane }) => `${plane.version} in ${plane.cluster}`);
    const ambient = ambientNote(fleet);
    const answer = study(
      world,
      {
        scenarios: scenariosOf(world, options),
        from: options.from?.flatMap(text => parseFrom(world, text)),
        services: options.service,
        fromNamespace: options.fromNamespace,
      },
      [`Istio ${versions.join(', ')}.`, ...assumptions, ...(ambient ? [ambient] : [])],
    );
    const print = { json: whatIfJson, md: whatIfMarkdown, text: whatIfText }[options.format];
    for (const part of print(answer)) io.out(part);
  });
}

/** The healthy state first, then what was asked for, each in the modes asked for. */
function scenariosOf(world: World, options: Options): Scenario[] {
  const modes: FailureMode[] = options.mode === 'both' ? ['unready', 'failing'] : [options.mode];
  const together = (options.fail ?? []).map(parseFailure);
  const gateways = new Set<string>();
  for (const view of world.planes.values()) {
    for (const { service } of view.gateways.all) if (service) gateways.add(service);
  }
  const single = options.all ? singleFailures(world.fleet, [...gateways]) : [];
  const failures = [...(together.length > 0 ? [together] : []), ...single.map(failure => [failure])];
  return [
    { failures: [], mode: 'unready' },
    ...failures.flatMap(entry => modes.map(mode => ({ failures: entry, mode }))),
  ];
}
