import { analyze } from '../../lib/analysis/analyze';
import { CHECKS } from '../../lib/analysis/checks';
import { ignoreEntries, readRules } from '../../lib/analysis/rules';
import { fleetFrom, found } from './fleets';

const CODES = new Set(CHECKS.map(check => check.code));
const service = (annotations = '{}') =>
  `apiVersion: v1\nkind: Service\nmetadata: {name: reviews, namespace: bookinfo, annotations: ${annotations}}\nspec: {ports: [{name: web, port: 9080}]}\n`;
const findings = (source: object, yaml = service()) =>
  analyze(fleetFrom({ 'one/a.yaml': yaml, 'two/a.yaml': yaml }), {
    rules: readRules('isthmus.yaml', { analysis: { rules: [source] } }, CODES),
  }).filter(finding => finding.code === 'ISM0607');

describe('the annotation', () => {
  test('has codes with reasons, separated by semicolons or lines', () => {
    expect(ignoreEntries('ISM0101=a = b; ISM0302=c\nISM0303')).toEqual([
      { code: 'ISM0101', reason: 'a = b' },
      { code: 'ISM0302', reason: 'c' },
      { code: 'ISM0303', reason: '' },
    ]);
  });

  test('silences a code on its object', () => {
    expect(found('ISM0607', { 'one/a.yaml': service('{isthmus.dev/ignore: ISM0607=raw TCP}') })).toEqual([]);
  });

  test('silences nothing without a reason, and nothing else', () => {
    expect(found('ISM0607', { 'one/a.yaml': service('{isthmus.dev/ignore: ISM0607}') })).toHaveLength(1);
    expect(found('ISM0607', { 'one/a.yaml': service('{isthmus.dev/ignore: ISM0606=x}') })).toHaveLength(1);
  });
});

describe('isthmus.yaml', () => {
  test('changes a severity', () => {
    expect(findings({ code: 'ISM0607', severity: 'error', reason: 'x' })).toMatchObject([
      { severity: 'error' },
    ]);
  });

  test('switches a check off', () => {
    expect(findings({ code: 'ISM0607', severity: 'off', reason: 'x' })).toEqual([]);
  });

  test('is limited to clusters and namespaces', () => {
    expect(findings({ code: 'ISM0607', severity: 'off', reason: 'x', clusters: ['two'] })).toMatchObject([
      { clusters: ['one'] },
    ]);
    expect(findings({ code: 'ISM0607', severity: 'off', reason: 'x', namespaces: ['other'] })).toHaveLength(
      1,
    );
  });

  test.each([
    [{ code: 'ISM9999', severity: 'off', reason: 'x' }, 'which no check has'],
    [{ code: 'ISM0607', severity: 'none', reason: 'x' }, 'no known severity'],
    [{ code: 'ISM0607', severity: 'off' }, 'no reason'],
    [{ code: 'ISM0607', severity: 'off', reason: 'x', clusters: 'two' }, 'not a list of names'],
  ])('refuses %j', (rule, message) => {
    expect(() => findings(rule)).toThrow(message);
  });
});

describe('findings', () => {
  test('about an object that several clusters have are one, with all clusters and places', () => {
    const [finding, ...others] = analyze(
      fleetFrom({ 'one/a.yaml': service(), 'two/a.yaml': service() }),
    ).filter(({ code }) => code === 'ISM0607');
    expect(others).toEqual([]);
    expect(finding.clusters).toEqual(['one', 'two']);
    expect(finding.related).toMatchObject([{ cluster: 'two', line: 1 }]);
  });

  test('come in the same order whatever the order of the manifests', () => {
    const [a, b] = [service(), service().replace(/reviews/g, 'ratings')];
    const places = (text: string) =>
      analyze(fleetFrom({ 'one/a.yaml': text })).map(
        ({ code, message, severity }) => `${code} ${severity} ${message}`,
      );
    expect(places(`${a}---\n${b}`).sort()).toEqual(places(`${b}---\n${a}`).sort());
    const fleet = fleetFrom({ 'one/a.yaml': `${a}---\n${b}` });
    expect(analyze(fleet, { checks: [...CHECKS].reverse() })).toEqual(analyze(fleet));
  });
});

test('every check has a code, a name and a page of its own', () => {
  expect(new Set(CHECKS.map(check => check.code)).size).toBe(CHECKS.length);
  expect(new Set(CHECKS.map(check => check.name)).size).toBe(CHECKS.length);
  for (const check of CHECKS) expect(check.code).toMatch(/^ISM\d{4}$/);
});
