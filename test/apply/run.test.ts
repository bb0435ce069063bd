import { Sandbox, TOKEN } from './sandbox';
import { callsOf, STEPS, short } from './steps';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(() => sandbox.remove());

test('executes the whole plan in order', () => {
  const run = sandbox.apply(['--yes']);
  expect(run.stderr).toBe('');
  expect(run.calls.map(short)).toEqual(callsOf(STEPS));
  expect(run.code).toBe(0);
});

test('says each step with its place in the plan', () => {
  const lines = sandbox.apply(['--yes']).stdout.split('\n');
  expect(lines.slice(0, 4)).toEqual([
    '10 steps for',
    '  frankfurt (context gke_frankfurt)',
    '  sao-paulo (context gke_sao-paulo)',
    '[1/10] frankfurt-namespaces: apply frankfurt/00-namespaces.yaml',
  ]);
  expect(lines).toContain('[9/10] frankfurt link-sao-paulo: remote-secret sao-paulo gke_sao-paulo');
});

test('resumes at a step', () => {
  const run = sandbox.apply(['--yes', '--step', 'frankfurt-ready']);
  expect(run.calls.map(short)).toEqual(callsOf(STEPS.slice(6)));
});

/** A cluster's steps, and the remote secret by which its primary reads it. */
const ofSaoPaulo = STEPS.filter(s => s.cluster === 'sao-paulo' || s.step === 'link-sao-paulo');

test('applies one cluster only, with the remote secret that it waits for, or several', () => {
  const one = sandbox.apply(['--yes', '--cluster', 'sao-paulo']);
  expect(one.calls.map(short)).toEqual(callsOf(ofSaoPaulo));
  const both = sandbox.apply(['--yes', '--cluster', 'sao-paulo', '--cluster', 'frankfurt']);
  expect(both.calls.map(short)).toEqual(callsOf(STEPS));
});

test('resumes within one cluster', () => {
  const run = sandbox.apply(['--yes', '--cluster', 'sao-paulo', '--step', 'frankfurt-istiod']);
  expect(run.calls.map(short)).toEqual(callsOf(ofSaoPaulo.filter(s => s.step !== 'sao-paulo-namespaces')));
});

test('lists the steps without calling anything', () => {
  const run = sandbox.apply(['--list', '--cluster', 'sao-paulo'], [], { tools: '/usr/bin:/bin' });
  expect(run.stdout).toBe(
    'sao-paulo-namespaces\tsao-paulo\tgke_sao-paulo\tapply\n' +
      'sao-paulo-istiod\tsao-paulo\tgke_sao-paulo\thelm-address\n' +
      'link-sao-paulo\tfrankfurt\tgke_frankfurt\tremote-secret\n',
  );
  expect(sandbox.recorded('calls')).toBe('');
});

test('finds dist beside itself from any folder, with spaces in its path', () => {
  const spaced = new Sandbox('my mesh/of 2');
  const run = spaced.apply(['--yes'], [], { cwd: spaced.path('..') });
  expect(run.code).toBe(0);
  expect(run.words[0]!.at(-1)).toBe(spaced.path('dist/frankfurt/00-namespaces.yaml'));
  expect(
    spaced
      .bash(['-c', spaced.apply(['--dry-run'], [], { cwd: spaced.path('..') }).stdout], [], spaced.path('..'))
      .words[0]!.at(-1),
  ).toBe(spaced.path('dist/frankfurt/00-namespaces.yaml'));
  spaced.remove();
});

test('takes another dist', () => {
  const run = sandbox.apply(['--yes', '--dist', '../home/dist/', '--step', 'frankfurt-routes']);
  expect(run.words[0]!.at(-1)).toBe('../home/dist/frankfurt/50-routes.yaml');
});

describe('a dry run', () => {
  test('prints the commands', () => {
    expect(sandbox.apply(['--dry-run']).stdout).toMatchSnapshot();
  });

  test('calls nothing, and needs neither kubectl nor helm', () => {
    const run = sandbox.apply(['--dry-run']);
    expect([run.code, run.stderr, sandbox.recorded('calls')]).toEqual([0, '', '']);
    const bare = sandbox.apply(['--dry-run'], [], { tools: '/usr/bin:/bin' });
    expect(bare.stdout).toBe(run.stdout);
  });

  test('prints a script that does what the run does, but for the questions to helm', () => {
    const pasted = sandbox.bash(['-c', sandbox.apply(['--dry-run']).stdout]);
    const real = sandbox.apply(['--yes']);
    expect(pasted.words).toEqual(real.words.filter(call => !call.includes('history')));
    expect(sandbox.recorded('stdin')).toContain(TOKEN);
  });

  test('quotes what a shell would take apart', () => {
    const hint = "it's $HOME & `ls`";
    const plan = `a\tfrankfurt\tmy $ctx's\tsecret\tns\tname\t${hint}\n`;
    sandbox.write('dist/apply.tsv', plan);
    const run = sandbox.apply(['--dry-run']);
    expect(sandbox.bash(['-c', run.stdout]).words[0]![2]).toBe("my $ctx's");
  });
});

describe('a second run', () => {
  const history = (status: string, description: string) => ({
    out: JSON.stringify([
      { revision: 1, status, chart: 'istiod-1.31.1', app_version: '1.31.1', description },
    ]),
  });
  const deployed = [
    { when: 'gke_frankfurt history', ...history('deployed', 'isthmus d1') },
    { when: 'gke_sao-paulo history', ...history('deployed', 'isthmus d2 203.0.113.7') },
  ];
  const upgrades = (calls: readonly string[]) => calls.filter(call => call.includes(' upgrade '));

  test('skips releases that are deployed as wanted', () => {
    const first = sandbox.apply(['--yes']);
    const described = first.words
      .filter(w => w.includes('upgrade'))
      .map(w => w[w.indexOf('--description') + 1]);
    expect(described).toEqual(['isthmus d1', 'isthmus d2 203.0.113.7']);
    const second = sandbox.apply(['--yes'], deployed);
    expect(second.code).toBe(0);
    expect(upgrades(second.calls)).toEqual([]);
    expect(second.stdout).toContain('istiod is deployed as wanted');
  });

  test.each([
    ['another digest', [{ when: 'gke_frankfurt history', ...history('deployed', 'isthmus d0') }], 1],
    [
      'a digest that only starts alike',
      [{ when: 'gke_frankfurt history', ...history('deployed', 'isthmus d12') }],
      1,
    ],
    ['a failed upgrade', [{ when: 'gke_frankfurt history', ...history('failed', 'isthmus d1') }], 1],
    [
      'a failure that quotes the wanted state',
      [
        {
          when: 'gke_frankfurt history',
          ...history('failed', '"status":"deployed","description":"isthmus d1"'),
        },
      ],
      1,
    ],
    ['a changed address', [{ when: 'ingress[0].ip}', out: '203.0.113.8' }], 1],
    [
      'warnings around the answer',
      [
        {
          when: 'gke_frankfurt history',
          err: 'WARNING: group-readable',
          ...history('deployed', 'isthmus d1'),
        },
      ],
      0,
    ],
    [
      'other spacing',
      [
        {
          when: 'gke_frankfurt history',
          out: '[ {"status" : "x", "status": "deployed",\n "description": "isthmus d1"} ]',
        },
      ],
      0,
    ],
  ])('after %s', (_, rules, count) => {
    const run = sandbox.apply(['--yes'], [...rules, ...deployed]);
    expect(upgrades(run.calls)).toHaveLength(count);
    expect(run.code).toBe(0);
  });

  test.each([
    ['pending-install', 'helm --kube-context gke_frankfurt uninstall istiod -n istio-system --wait'],
    ['pending-upgrade', 'helm --kube-context gke_frankfurt rollback istiod -n istio-system --wait'],
    ['pending-rollback', 'helm --kube-context gke_frankfurt rollback istiod -n istio-system --wait'],
  ])('stops at a release left in %s, and says the way out', (status, wayOut) => {
    const run = sandbox.apply(
      ['--yes'],
      [{ when: ' history ', ...history(status, 'Initial install underway') }],
    );
    expect(run.stderr).toContain(`release istiod in namespace istio-system is ${status}`);
    expect(run.stderr).toContain(wayOut);
    expect(upgrades(run.calls)).toEqual([]);
    expect(run.code).toBe(1);
  });
});
