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
  constructor(readonly problems: readonly Problem[]) {
    super(problems.map(formatProblem).join('\n'));
    this.name = 'ModelError';
  }
}

/** `path: what; why. Way out: fix` in one line. */
export function formatProblem(problem: Problem): string {
  return `${problem.path}: ${problem.what}; ${problem.why}. ${problem.fix}`;
}
