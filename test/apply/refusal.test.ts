import { rmSync } from 'node:fs';
import { PLAN, type Rule, Sandbox } from './sandbox';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(() => sandbox.remove());

function refused(args: readonly string[], rules: readonly Rule[] = [], tools?: string): string {
  const run = sandbox.apply(args, rules, tools === undefined ? {} : { tools });
  expect(run.code).toBe(2);
  expect(run.calls).toEqual([]);
  return run.stderr;
}

test.each([[['--frobnicate']], [['dist']], [['--yes', '-n']]])('an unknown option: %j', args => {
  expect(refused(args)).toMatch(/^apply.sh: unknown option ".*"; see --help\n$/);
});

test.each(['--dist', '--cluster', '--step'])('%s without a value', option => {
  expect(refused(['--yes', option])).toBe(`apply.sh: ${option} needs a value; see --help\n`);
});

test('--help is no refusal', () => {
  const run = sandbox.apply(['--help']);
  expect([run.code, run.stderr]).toEqual([0, '']);
  for (const option of ['--dist', '--cluster', '--step', '--list', '--dry-run', '--yes']) {
    expect(run.stdout).toContain(option);
  }
});

test('an unknown step names those near it, or all', () => {
  expect(refused(['--yes', '--step', 'istiod'])).toBe(
    'apply.sh: no step "istiod"; the steps with that in their name are:\n  frankfurt-istiod\n  sao-paulo-istiod\n',
  );
  expect(refused(['--yes', '--step', 'xyz'])).toContain(
    'the steps are:\n  frankfurt-namespaces\n  sao-paulo-names',
  );
});

test('an unknown cluster names those of the plan', () => {
  expect(refused(['--yes', '--cluster', 'paris'])).toBe(
    'apply.sh: no cluster "paris" in the plan; it has: frankfurt sao-paulo \n',
  );
});

test('a step after which the cluster has none', () => {
  expect(refused(['--yes', '--cluster', 'sao-paulo', '--step', 'frankfurt-routes'])).toContain(
    'no step left',
  );
});

test('no terminal to ask on', () => {
  expect(refused([])).toBe('apply.sh: standard input is not a terminal, so there is no asking: give --yes\n');
});

test('missing contexts, all in one message, also those of other clusters that a step reads from', () => {
  const only = (name: string) => [{ when: 'get-contexts', out: name }];
  expect(refused(['--yes'], only('x'))).toContain(
    'lacks these contexts:\n  gke_frankfurt\n  gke_sao-paulo\n',
  );
  expect(refused(['--yes', '--cluster', 'sao-paulo'], only('gke_sao-paulo'))).toContain(
    'contexts:\n  gke_frankfurt\n',
  );
  const link = ['--yes', '--cluster', 'frankfurt', '--step', 'link-sao-paulo'];
  expect(refused(link, only('gke_frankfurt'))).toContain('contexts:\n  gke_sao-paulo\n');
});

test('a kubeconfig of many contexts is no refusal', () => {
  const others = Array.from({ length: 4000 }, (_, i) => `gke_some-project_europe-west3_cluster-${i}`);
  const out = ['gke_frankfurt', 'gke_sao-paulo', ...others].join('\n');
  expect(sandbox.apply(['--yes'], [{ when: 'get-contexts', out }]).code).toBe(0);
});

test('a kubeconfig that cannot be read', () => {
  expect(refused(['--yes'], [{ when: 'get-contexts', code: 1, err: 'error: bad yaml' }])).toMatch(
    /^error: bad yaml\n/,
  );
});

test('an old kubectl', () => {
  expect(refused(['--yes'], [{ when: 'version', out: 'Client Version: v1.30.2' }])).toContain(
    '1.31 or newer',
  );
});

test.each(['kubectl', 'helm'])('no %s', tool => {
  rmSync(`${sandbox.root}/bin/${tool}`);
  const bare = sandbox.bash([
    '-c',
    'for t in dirname sort grep cat env; do ln -s "$(command -v $t)" "$0"; done',
    `${sandbox.root}/bin`,
  ]);
  expect(bare.stderr).toBe('');
  expect(refused(['--yes'], [], `${sandbox.root}/bin`)).toBe(
    `apply.sh: ${tool} is not installed, or not in PATH\n`,
  );
});

describe('dist', () => {
  test('that is not there', () => {
    expect(refused(['--yes', '--dist', 'nowhere'])).toContain('no folder nowhere');
  });

  test.each(['fleet.json', 'apply.tsv'])('without %s is incomplete', file => {
    rmSync(sandbox.path(`dist/${file}`));
    expect(refused(['--yes'])).toContain(`dist is incomplete: ./dist has no ${file}`);
  });

  test.each([
    ['', 'has no steps'],
    ['a\tb\tc\tfly\tx\n', ':1: unknown action "fly"'],
    ['a\tb\n', ':1: unknown action ""'],
    ['a\tb\tc\tapply\n', ':1: apply takes 1 arguments, here are 0'],
    [`${PLAN[0]}\textra\n`, ':1: apply takes 1 arguments, here are 2'],
    [`${PLAN[0]}\n\n${PLAN[1]}\n`, ':2: an empty field'],
    ['a\t\tc\tapply\tx\n', ':1: an empty field'],
    [`${PLAN[0]}\r\n`, ':1: an empty field or a carriage return'],
    [`${PLAN[0]}\n${PLAN[0]}\n`, ':2: step "frankfurt-namespaces" is there twice'],
    ['a\tb\tc\tapply\tb/none.yaml\n', ':1: no file ./dist/b/none.yaml'],
    ['a\tb\tc\taddress\tns\tsvc\tsoon\n', ':1: "soon" is not a time limit'],
    ['a\tb\tc\twait\tns\tpod/x\tcondition=Ready\t0\n', ':1: "0" is not a time limit'],
  ])('with a malformed plan: %j', (plan, message) => {
    sandbox.write('dist/apply.tsv', plan);
    expect(refused(['--yes'])).toContain(message);
    expect(refused(['--dry-run'])).toContain(message);
  });

  test('whose last line has no line end is whole', () => {
    sandbox.write('dist/apply.tsv', PLAN.slice(0, 2).join('\n'));
    expect(sandbox.apply(['--yes']).calls).toHaveLength(2);
  });
});
