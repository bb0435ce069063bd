/** What progress is written to: `process.stderr` or a part of it. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** How progress is shown. */
export interface ProgressOptions {
  /** Clusters that there are to do. */
  readonly clusters: number;
  /**
   * Show nothing.
   * @default false
   */
  readonly quiet?: boolean;
  /** @default - the standard error stream */
  readonly stream?: ProgressStream;
  /**
   * Milliseconds since any moment. The clock only paces what is shown here, it never gets into output.
   * @default - the machine's steady clock
   */
  readonly now?: () => number;
  /**
   * Whether lines are kept in a log.
   * @default - whether `CI` is set, other than to `false`, or the stream is no terminal
   */
  readonly log?: boolean;
}

/** Work that is shorter isn't worth showing; in milliseconds. */
const SHOWN_AFTER = 1000;
/** Between two updates of a terminal's line; in milliseconds. */
const PACE = 100;

/**
 * Shows the progress of work on clusters that takes longer than a second: on a terminal one line that changes
 * and goes in the end, in a log a line for every ten per cent.
 */
export class Progress {
  private readonly stream: ProgressStream;
  private readonly now: () => number;
  private readonly log: boolean;
  private readonly start: number;
  private done = 0;
  private objects = 0;
  private lastShown = Number.NEGATIVE_INFINITY;
  private lastTenth = 0;
  private onScreen = false;

  /** Starts the clock. */
  constructor(private readonly options: ProgressOptions) {
    this.stream = options.stream ?? process.stderr;
    this.now = options.now ?? (() => performance.now());
    this.log = options.log ?? (isCi() || !this.stream.isTTY);
    this.start = this.now();
  }

  /** One more cluster is done. */
  cluster(objects: number): void {
    this.done++;
    this.objects += objects;
    if (this.options.quiet) return;
    const now = this.now();
    const tenth = Math.floor((10 * this.done) / this.options.clusters);
    const isNextTenth = tenth > this.lastTenth;
    this.lastTenth = tenth;
    if (now - this.start < SHOWN_AFTER) return;
    if (this.log) {
      if (isNextTenth) this.stream.write(`${tenth * 10}%: ${this.line(now)}\n`);
    } else if (now - this.lastShown >= PACE) {
      this.lastShown = now;
      this.onScreen = true;
      this.stream.write(`\r${this.line(now).slice(0, (this.stream.columns || 80) - 1)}\x1b[K`);
    }
  }

  /** The work is over, well or not: leaves no line on a terminal. */
  end(): void {
    if (this.onScreen) this.stream.write('\r\x1b[K');
    this.onScreen = false;
  }

  private line(now: number): string {
    const { clusters } = this.options;
    const left = ((now - this.start) / this.done) * (clusters - this.done);
    const rest =
      this.done < clusters ? `, ${duration(left)} left` : `, done in ${duration(now - this.start)}`;
    return `${this.done} of ${clusters} clusters, ${this.objects} objects${rest}`;
  }
}

function isCi(): boolean {
  return !['', 'false', '0'].includes(process.env.CI ?? '');
}

/** `45 s`, `2 min 5 s`. */
function duration(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
