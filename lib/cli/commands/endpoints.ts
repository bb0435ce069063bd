import { type Command, Option } from 'commander';
import { InputError } from '../../fleet/errors';
import { endpointsJson, endpointsText } from '../../report/endpoints';
import { ambientNote } from '../../traffic/ambient';
import { findTarget, parseFrom } from '../../traffic/asked';
import { assign } from '../../traffic/assignment';
import { findService } from '../../traffic/find-service';
import { buildWorld, planeOf, proxyAt } from '../../traffic/world';
import {
  collectPair,
  type ExpandCliOptions,
  type FleetOptions,
  type IstioVersionOption,
  loadExpanded,
  type Pair,
  withExpandOptions,
  withFleetOptions,
  withIstioVersion,
} from '../fleet-options';
import type { Io } from '../io';

interface Options extends FleetOptions, ExpandCliOptions, IstioVersionOption {
  readonly from: string;
  readonly service: string;
  readonly subset?: string;
  readonly fromNamespace?: string;
  readonly fromLabels?: readonly Pair[];
  readonly fromNode?: string;
  readonly format: 'text' | 'json';
}

/** Adds `isthmus endpoints`: what istiod tells a proxy about one service. */
export function addEndpoints(program: Command, io: Io): void {
  const command = program
    .command('endpoints')
    .description('what istiod tells a proxy about a service: localities, priorities, weights, endpoints')
    .requiredOption(
      '--from <cluster[/zone]>',
      'where the proxy is; the first zone of the cluster if none is given',
    )
    .requiredOption(
      '--service <namespace/name[:port]>',
      'the service, and its port; the first port if none is given',
    )
    .option('--subset <name>', 'subset of the DestinationRule')
    .option('--from-namespace <namespace>', "namespace of the client; by default the service's")
    .addOption(
      new Option('--from-labels <name=value>', "a label of the client's pod; repeatable").argParser(
        collectPair,
      ),
    )
    .option('--from-node <node>', 'node of the client')
    .addOption(new Option('--format <format>', 'how to print it').choices(['text', 'json']).default('text'));
  withIstioVersion(withExpandOptions(withFleetOptions(command))).action((dir: string, options: Options) => {
    const { fleet, assumptions } = loadExpanded(dir, options);
    const world = buildWorld(fleet, options.istioVersion);
    const [place] = parseFrom(world, options.from);
    const asked = findTarget(world, options.service);
    const view = planeOf(world, place.cluster);
    const namespace = options.fromNamespace ?? asked.service.namespace;
    const service = findService(view, namespace, asked.service.host);
    const port = service?.ports.find(candidate => candidate.number === asked.port);
    if (!service || !port) {
      throw new InputError(
        `${options.service} isn't visible to clients in namespace ${namespace} of ${place.cluster}`,
        'Export it there (networking.istio.io/exportTo), or ask with --from-namespace.',
      );
    }
    const labels = Object.fromEntries(options.fromLabels ?? []);
    const proxy = proxyAt(world, { ...place, namespace, labels, node: options.fromNode });
    const assignment = assign(view, { proxy, service, port, subset: options.subset });
    if (assignment.lacksSubset) {
      throw new InputError(
        `subset "${options.subset}" isn't in the DestinationRule that clients in ${place.cluster} have for ${service.host}`,
        `Declare it in a DestinationRule that ${view.plane.cluster} reads.`,
      );
    }
    const about = { ...place, service: `${service.namespace}/${service.name}`, port: port.number };
    const assumed = [...assumptions, `Istio ${view.plane.version}.`];
    const ambient = ambientNote(fleet);
    if (ambient) assumed.push(ambient);
    if (service.resolution === 'original-destination') {
      assumed.push(
        'The service is headless or without resolution: sidecars pass requests on to the address that the client resolved.',
      );
    }
    if (options.format === 'json') {
      const json = endpointsJson(assignment, {
        from: place,
        service: about.service,
        port: about.port,
        subset: options.subset,
        istioVersion: view.plane.version,
        assumptions: assumed,
      });
      io.out(`${JSON.stringify(json, null, 2)}\n`);
      return;
    }
    const where = place.zone ? `${place.cluster}/${place.zone}` : place.cluster;
    const subset = options.subset ? ` subset ${options.subset}` : '';
    io.out(
      endpointsText(assignment, `${about.service}:${about.port}${subset} for a proxy in ${where}`, assumed),
    );
  });
}
