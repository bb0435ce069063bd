/** One thing that is wrong with what was declared. */
export interface Problem {
  /** Path of the construct in the tree: `frankfurt`, `bookinfo/reviews`. */
  readonly path: string;
  /** What is wrong, with the bad value in it. */
  readonly what: string;
  /** Why it can't work, in terms of what Istio or Kubernetes would do with it. */
  readonly why: string;
  /** What to write instead. */
  readonly fix: string;
}

/**
 * What was declared can't become a working mesh. Thrown by constructors for what one construct can see,
 * and by `Mesh.synth()`, before anything is written, for what needs the whole mesh.
 */
export class ModelError extends Error {
  declare readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(formatProblem).join('\n'));
    this.name = 'ModelError';
    // Not enumerable: an uncaught error would be printed with all of it once more.
    Object.defineProperty(this, 'problems', { value: problems });
    this.stack = `${this.name}: ${this.message}\n${callersFrames(this.stack ?? '').join('\n')}`;
  }
}

/** The frames of a stack that are the caller's own: where in their program the wrong thing was declared. */
function callersFrames(stack: string): string[] {
  return stack
    .split('\n')
    .filter(
      line =>
        /^\s+at /.test(line) &&
        !line.includes(__dirname) &&
        !line.includes('<anonymous>)') &&
        !/node:internal|node_modules/.test(line),
    );
}

/** `path: what; why. Way out: fix` in one line. */
export function formatProblem(problem: Problem): string {
  return `${problem.path}: ${problem.what}; ${problem.why}. ${problem.fix}`;
}
