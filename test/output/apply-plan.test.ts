import { type PlanStep, planToTsv } from '../../lib/output/apply-plan';

const at = (step: string) => ({ step, cluster: 'frankfurt', context: 'kind-frankfurt' });
const release = {
  release: 'istiod',
  chart: 'oci://ghcr.io/istio/release/charts/istiod',
  version: '1.31.0',
  namespace: 'istio-system',
  values: 'frankfurt/helm/istiod.yml',
  timeout: '5m',
  digest: 'abc',
};

test.each<[PlanStep, string[]]>([
  [{ ...at('s'), action: 'apply', file: 'frankfurt/10-istio.yaml' }, ['frankfurt/10-istio.yaml']],
  [
    {
      ...at('s'),
      action: 'secret',
      namespace: 'istio-system',
      name: 'cacerts',
      hint: 'make it with openssl',
    },
    ['istio-system', 'cacerts', 'make it with openssl'],
  ],
  [{ ...at('s'), action: 'helm', ...release }, Object.values(release)],
  [
    {
      ...at('s'),
      action: 'helm-address',
      ...release,
      path: 'global.remotePilotAddress',
      fromContext: 'kind-berlin',
      fromNamespace: 'istio-system',
      fromService: 'eastwest',
    },
    [...Object.values(release), 'global.remotePilotAddress', 'kind-berlin', 'istio-system', 'eastwest'],
  ],
  [
    { ...at('s'), action: 'address', namespace: 'istio-system', service: 'eastwest', timeout: '300s' },
    ['istio-system', 'eastwest', '300s'],
  ],
  [
    {
      ...at('s'),
      action: 'wait',
      namespace: '-',
      resource: 'crd/gateways',
      condition: 'condition=Established',
      timeout: '60s',
    },
    ['-', 'crd/gateways', 'condition=Established', '60s'],
  ],
  [
    {
      ...at('s'),
      action: 'wait',
      namespace: 'a',
      resource: 'deployment/b',
      condition: 'condition=Available',
      timeout: '9s',
    },
    ['a', 'deployment/b', 'condition=Available', '9s'],
  ],
  [
    {
      ...at('s'),
      action: 'remote-secret',
      remoteCluster: 'tokyo',
      remoteContext: 'kind-tokyo',
      namespace: 'istio-system',
      tokenSecret: 'istio-reader',
      timeout: '60s',
      server: '-',
    },
    ['tokyo', 'kind-tokyo', 'istio-system', 'istio-reader', '60s', '-'],
  ],
  [
    {
      ...at('s'),
      action: 'remote-secret',
      remoteCluster: 'tokyo',
      remoteContext: 'kind-tokyo',
      namespace: 'istio-system',
      tokenSecret: 'istio-reader',
      timeout: '60s',
      server: 'https://10.0.0.1:6443',
    },
    ['tokyo', 'kind-tokyo', 'istio-system', 'istio-reader', '60s', 'https://10.0.0.1:6443'],
  ],
])('the arguments of %j come in the order of the table', (step, args) => {
  expect(planToTsv([step])).toBe(
    `${['s', 'frankfurt', 'kind-frankfurt', step.action, ...args].join('\t')}\n`,
  );
});

test('steps keep their order, one a line', () => {
  const steps = ['b', 'a'].map(name => ({ ...at(name), action: 'apply' as const, file: 'f' }));
  expect(
    planToTsv(steps)
      .split('\n')
      .map(line => line[0]),
  ).toEqual(['b', 'a', undefined]);
  expect(planToTsv([])).toBe('');
});

test.each(['', 'a\tb', 'a\nb', 'a\rb', '\0', 'a\u2028b'])('the field %j is refused', file => {
  expect(() => planToTsv([{ ...at('apply x'), action: 'apply', file }])).toThrow(
    /^Step 'apply x' has the field /,
  );
});

test('two steps of the same name are refused', () => {
  const step: PlanStep = { ...at('twice'), action: 'apply', file: 'f' };
  expect(() => planToTsv([step, { ...step, file: 'g' }])).toThrow('two steps called');
});
