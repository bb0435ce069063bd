import { Progress, type ProgressOptions, type ProgressStream } from '../../lib/output/progress';

/** Does clusters of 200 objects, each of which takes some milliseconds, and returns what was written. */
function watch(
  clusters: number,
  each: number,
  options: Partial<ProgressOptions> & Partial<ProgressStream>,
): string[] {
  const written: string[] = [];
  let time = 5000;
  const { isTTY, columns, ...rest } = options;
  const stream = { isTTY, columns, write: (text: string) => written.push(text) };
  const progress = new Progress({ clusters, stream, now: () => time, ...rest });
  for (let cluster = 0; cluster < clusters; cluster++) {
    time += each;
    progress.cluster(200);
  }
  progress.end();
  return written;
}

const terminal = { isTTY: true, columns: 80, log: false };

test('nothing is shown of work shorter than a second', () => {
  expect(watch(99, 10, terminal)).toEqual([]);
  expect(watch(99, 10, { log: true })).toEqual([]);
});

test('a terminal shows clusters, objects and the time left on one line, and is clean in the end', () => {
  const written = watch(4, 1000, terminal);
  expect(written).toEqual([
    '\r1 of 4 clusters, 200 objects, 3 s left\x1b[K',
    '\r2 of 4 clusters, 400 objects, 2 s left\x1b[K',
    '\r3 of 4 clusters, 600 objects, 1 s left\x1b[K',
    '\r4 of 4 clusters, 800 objects, done in 4 s\x1b[K',
    '\r\x1b[K',
  ]);
});

test('a terminal is updated ten times a second at most', () => {
  const written = watch(3000, 1, terminal);
  expect(written.length).toBe(21 + 1);
});

test('a line never wraps', () => {
  for (const text of watch(3, 1000, { ...terminal, columns: 20 })) {
    expect(text.replace('\r', '').replace('\x1b[K', '').length).toBeLessThan(20);
  }
});

test('a log has a line for every ten per cent', () => {
  const written = watch(1000, 10, { log: true });
  expect(written).toHaveLength(10);
  expect(written[0]).toBe('10%: 100 of 1000 clusters, 20000 objects, 9 s left\n');
  expect(written[9]).toBe('100%: 1000 of 1000 clusters, 200000 objects, done in 10 s\n');
});

test('a few clusters make a line each, with the per cent reached', () => {
  expect(watch(3, 70_000, { log: true }).map(line => line.split(',')[0])).toEqual([
    '30%: 1 of 3 clusters',
    '60%: 2 of 3 clusters',
    '100%: 3 of 3 clusters',
  ]);
  expect(watch(3, 70_000, { log: true })[0]).toContain('2 min 20 s left');
});

test('quiet shows nothing', () => {
  expect(watch(100, 1000, { ...terminal, quiet: true })).toEqual([]);
  expect(watch(100, 1000, { log: true, quiet: true })).toEqual([]);
});

describe('by default', () => {
  const { CI } = process.env;
  afterEach(() => {
    if (CI === undefined) delete process.env.CI;
    else process.env.CI = CI;
  });

  test.each([
    [true, undefined, false],
    [true, 'false', false],
    [true, 'true', true],
    [false, undefined, true],
  ])('a stream that is a terminal: %p, with CI=%p, is a log: %p', (isTTY, ci, isLog) => {
    if (ci === undefined) delete process.env.CI;
    else process.env.CI = ci;
    expect(watch(10, 1000, { isTTY })[0].startsWith('10%: ')).toBe(isLog);
  });
});
