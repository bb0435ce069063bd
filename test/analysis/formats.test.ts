import { CHECKS } from '../../lib/analysis/checks';
import { formatJson } from '../../lib/analysis/format/json';
import { formatSarif } from '../../lib/analysis/format/sarif';
import { formatText, summary } from '../../lib/analysis/format/text';
import type { Finding } from '../../lib/analysis/types';

const finding: Finding = {
  code: 'ISM0101',
  severity: 'error',
  message: 'Ports differ.',
  why: 'Requests are lost.',
  fix: 'Make them equal.',
  clusters: ['frankfurt', 'sao-paulo'],
  resource: { kind: 'Service', namespace: 'bookinfo', name: 'reviews' },
  file: 'dist/frankfurt/40 apps.yaml',
  line: 7,
  related: [
    {
      cluster: 'sao-paulo',
      resource: { kind: 'Service', namespace: 'bookinfo', name: 'reviews' },
      file: 'dist/sao-paulo/40-applications.yaml',
      line: 3,
    },
  ],
};
const ofCluster: Finding = {
  ...finding,
  severity: 'warning',
  resource: { kind: 'Cluster', namespace: '', name: 'frankfurt' },
  file: '',
  line: 0,
  related: [],
};

describe('text', () => {
  test('is grouped by cluster and file, with the way out and a summary last', () => {
    expect(formatText([finding, ofCluster])).toMatchInlineSnapshot(`
"frankfurt  dist/frankfurt/40 apps.yaml
  error ISM0101  line 7  Service bookinfo/reviews  (also in sao-paulo)
    Ports differ.
    why  Requests are lost.
    fix  Make them equal.
    see  Service bookinfo/reviews in sao-paulo  dist/sao-paulo/40-applications.yaml:3

frankfurt
  warning ISM0101  Cluster frankfurt  (also in sao-paulo)
    Ports differ.
    why  Requests are lost.
    fix  Make them equal.

1 error, 1 warning, 0 notes. Explain a code with: isthmus analyze --explain ISM0101
"
`);
  });

  test('is coloured only when asked', () => {
    expect(formatText([finding])).not.toContain('\u001b[');
    expect(formatText([finding], { colour: true })).toContain('\u001b[31merror ISM0101');
  });

  test('says so when there is nothing', () => {
    expect(summary([])).toBe('No findings.');
  });
});

test('JSON has the fields of the contract', () => {
  const { findings } = JSON.parse(formatJson([finding])) as { findings: Finding[] };
  expect(Object.keys(findings[0]).slice().sort()).toEqual([
    'clusters',
    'code',
    'file',
    'fix',
    'line',
    'message',
    'related',
    'resource',
    'severity',
    'why',
  ]);
  expect(findings[0].resource).toEqual({ kind: 'Service', namespace: 'bookinfo', name: 'reviews' });
});

describe('SARIF', () => {
  const log = JSON.parse(formatSarif([finding, ofCluster], CHECKS, '1.2.3'));
  const [run] = log.runs;

  test('names the version, the tool and the rules that are used', () => {
    expect(log.version).toBe('2.1.0');
    expect(run.tool.driver).toMatchObject({ name: 'isthmus', version: '1.2.3', rules: [{ id: 'ISM0101' }] });
    expect(run.results[0]).toMatchObject({ ruleId: 'ISM0101', ruleIndex: 0, level: 'error' });
  });

  test('places a finding by an encoded URI and its line', () => {
    expect(run.results[0].locations[0].physicalLocation).toEqual({
      artifactLocation: { uri: 'dist/frankfurt/40%20apps.yaml' },
      region: { startLine: 7 },
    });
  });

  test('gives what has no file a logical location only', () => {
    expect(run.results[1].locations).toEqual([
      { logicalLocations: [{ fullyQualifiedName: 'frankfurt/Cluster/frankfurt' }] },
    ]);
  });

  test('has a fingerprint that doesn’t change when lines move', () => {
    const moved = JSON.parse(formatSarif([{ ...finding, line: 99 }], CHECKS, '1.2.3'));
    expect(moved.runs[0].results[0].partialFingerprints).toEqual(run.results[0].partialFingerprints);
  });
});
