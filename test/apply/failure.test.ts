import { Sandbox } from './sandbox';
import { CALLS, callsOf, STEPS, short } from './steps';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(() => sandbox.remove());

const CASES = STEPS.flatMap((s, i) => CALLS[s.step]!.map(call => [s.step, call, s, i] as const));

test.each(CASES)('%s stops when this fails: %s', (step, call, { cluster, context }, index) => {
  const when = call.endsWith('…') ? call.slice(0, -1) : `^${call}`;
  const run = sandbox.apply(['--yes'], [{ when, code: 7, err: 'Unable to connect: i/o timeout' }]);
  expect(run.code).toBe(1);
  expect(run.stderr).toContain('Unable to connect: i/o timeout\n');
  expect(run.stderr).toContain(`step "${step}" failed (cluster ${cluster}, context ${context}).`);
  expect(run.stderr).toMatch(/What to do: \S+/);
  expect(run.stderr).toContain(`Then go on with: ./apply.sh --yes --step ${step}\n`);
  const done = run.calls.map(short);
  expect(done).toContain(call);
  expect(done).toEqual(callsOf(STEPS.slice(0, index + 1)).slice(0, done.length));
});

test('the message as a whole', () => {
  const rules = [
    { when: 'get secret cacerts', code: 1, err: 'Error from server (NotFound): secrets "cacerts" not found' },
  ];
  expect(sandbox.apply(['--yes', '--cluster', 'frankfurt', '--dist', './dist'], rules).stderr).toBe(
    `Error from server (NotFound): secrets "cacerts" not found

apply.sh: step "frankfurt-cacerts" failed (cluster frankfurt, context gke_frankfurt).
What to do: Create the Secret cacerts in namespace istio-system: make it from the mesh's root
Then go on with: ./apply.sh --yes --cluster frankfurt --dist ./dist --step frankfurt-cacerts
`,
  );
});

test('a Secret that could not be looked up is not called missing', () => {
  const { stderr } = sandbox.apply(
    ['--yes'],
    [{ when: 'get secret cacerts', code: 1, err: 'no route to host' }],
  );
  expect(stderr).toContain('could not be looked up');
  expect(stderr).not.toContain("make it from the mesh's root");
});

describe('the address of another cluster', () => {
  const none = { when: 'ingress[0].ip}', out: '' };

  test('that is a host name is refused with the way out', () => {
    const host = { when: 'ingress[0].hostname}', out: 'lb.example.com' };
    const run = sandbox.apply(['--yes'], [none, host]);
    expect(run.code).toBe(1);
    expect(run.stderr).toContain(
      'has the host name lb.example.com, but global.remotePilotAddress needs an IP address',
    );
    expect(run.stderr).toContain('static IP address in the model, or an injection URL');
    expect(run.calls.filter(call => call.includes('gke_sao-paulo upgrade'))).toEqual([]);
  });

  test('that is not there yet says whose steps to apply', () => {
    const run = sandbox.apply(['--yes'], [none]);
    expect(run.code).toBe(1);
    expect(run.stderr).toContain(
      'Service istio-eastwestgateway (namespace istio-system, context gke_frankfurt) has no address yet',
    );
  });
});
