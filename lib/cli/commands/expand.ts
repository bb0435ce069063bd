import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { stringify } from 'yaml';
import {
  type ExpandCliOptions,
  type FleetOptions,
  loadExpanded,
  withExpandOptions,
  withFleetOptions,
} from '../fleet-options';
import type { Io } from '../io';

/** Adds `isthmus expand`: the nodes, pods and endpoint slices that the assumptions stand for. */
export function addExpand(program: Command, io: Io): void {
  const command = program
    .command('expand')
    .description('the Nodes, Pods, EndpointSlices and gateways that a fleet stands for, as YAML')
    .option('--output <dir>', 'write one file per cluster there, instead of everything to standard output');
  withExpandOptions(withFleetOptions(command)).action(
    (dir: string, options: FleetOptions & ExpandCliOptions & { output?: string }) => {
      const { fleet, objects, assumptions } = loadExpanded(dir, options);
      for (const { name } of fleet.clusters) {
        const documents = objects
          .filter(object => object.cluster === name)
          .map(
            object => `---\n${stringify(object.manifest, { lineWidth: 0, aliasDuplicateObjects: false })}`,
          );
        const text =
          [`# cluster ${name}`, ...assumptions.map(line => `# ${line}`), ''].join('\n') + documents.join('');
        if (options.output) {
          mkdirSync(options.output, { recursive: true });
          writeFileSync(join(options.output, `${name}.yaml`), text);
        } else io.out(text);
      }
    },
  );
}
