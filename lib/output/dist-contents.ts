import { join } from 'node:path';
import { DistError } from './dist-error';
import { exists, type FileSystem } from './file-system';

/** The file that is written last: a dist without it is incomplete. */
export const DIST_MARKER = 'fleet.json';

/** What a folder that is about to be written already holds. Paths are relative, with slashes. */
export interface DistContents {
  /** Files that a synthesis wrote: replaced, left as they are or, when stale, removed. */
  readonly generated: ReadonlySet<string>;
  /** Other files in a complete dist, such as a README: they stay. */
  readonly kept: readonly string[];
}

/** What this library and `cdk8s synth` write, told from other people's files by name where no dist is known. */
const GENERATED = [
  /^apply\.tsv$/,
  /^construct-metadata\.json$/,
  /\.k8s\.yaml$/,
  /^[^/]+\/\d\d-[a-z-]+\.yaml$/,
  /^[^/]+\/helm\/[^/]+\.yml$/,
  /^argocd\/[^/]+\.yaml$/,
];

/**
 * Lists a folder before it is replaced. Nothing is deleted that a synthesis can't have written: a complete
 * dist keeps its other files, and any other folder is refused when it holds some.
 *
 * @throws DistError if the folder holds hidden folders (`.git`), `node_modules`, symbolic links or, without a
 *   `fleet.json`, files that aren't generated
 */
export function listDist(outdir: string, fs: FileSystem): DistContents {
  const complete = exists(join(outdir, DIST_MARKER), fs);
  const generated = new Set<string>();
  const kept: string[] = [];
  const walk = (folder: string): void => {
    for (const entry of fs.readdirSync(join(outdir, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        if (isStagingName(entry.name)) continue;
        if (entry.name.startsWith('.') || entry.name === 'node_modules') refuse(outdir, path);
        walk(path);
      } else if (!entry.isFile()) {
        refuse(outdir, path);
      } else if (path === DIST_MARKER || isGenerated(path, complete)) {
        generated.add(path);
      } else if (complete) {
        kept.push(path);
      } else {
        refuse(outdir, path);
      }
    }
  };
  walk('');
  return { generated, kept };
}

function isGenerated(path: string, complete: boolean): boolean {
  return (complete && /\.ya?ml$/.test(path)) || GENERATED.some(pattern => pattern.test(path));
}

/** Whether a folder inside dist is where a writer prepares files because it can't do so beside dist. */
export function isStagingName(name: string): boolean {
  return /^\.isthmus-\d+-\d+\.new$/.test(name);
}

function refuse(outdir: string, path: string): never {
  throw new DistError(
    `refusing to write to ${outdir}: it holds ${path}, which no synthesis wrote, and the folder is replaced as a whole. ` +
      'Choose a folder of its own for the output, or move that away.',
  );
}
