import type { Check } from './types';

const GROUPS: readonly (readonly [prefix: string, title: string])[] = [
  ['ISM00', 'The input'],
  ['ISM01', 'Services and configuration across clusters'],
  ['ISM02', 'Networks and their gateways'],
  ['ISM03', 'Locality and load'],
  ['ISM04', 'Installation'],
  ['ISM05', 'Routes'],
  ['ISM06', 'Workloads'],
  ['ISM07', 'Security'],
];

/** The index of all checks, as it is in `docs/checks/README.md`. */
export function checkIndex(checks: readonly Check[]): string {
  const parts = [
    '# Checks',
    '',
    'What `isthmus analyze` looks at. This page is generated from the checks (`npx tsx tools/check-docs.ts`).',
    'A page has a wrong and a right example; tests run both. "Elsewhere" names the rule of `istioctl analyze` (IST)',
    'or Kiali (KIA) that sees the same within one cluster.',
    '',
    'Silence a finding where it is meant to be so, always with a reason: on the object by the annotation',
    '`isthmus.dev/ignore: "ISM0302=two replicas are enough here; ISM0610=no mesh"`, or in `isthmus.yaml`:',
    '',
    '```yaml',
    'analysis:',
    '  rules:',
    '    - code: ISM0302',
    '      severity: info # error, warning, info or off; the first entry that fits counts',
    '      reason: ejection is not what we rely on',
    '      clusters: [frankfurt] # optional',
    '      namespaces: [bookinfo] # optional',
    '```',
  ];
  for (const [prefix, title] of GROUPS) {
    const own = checks.filter(check => check.code.startsWith(prefix));
    if (own.length === 0) continue;
    parts.push(
      '',
      `## ${title}`,
      '',
      '| code | severity | what it looks at | elsewhere |',
      '| --- | --- | --- | --- |',
    );
    for (const check of own) {
      const elsewhere = [...(check.istio ?? []), ...(check.kiali ?? [])].join(', ');
      parts.push(
        `| [${check.code}](${check.name}.md) | ${check.severity} | ${check.summary} | ${elsewhere} |`,
      );
    }
  }
  return parts.join('\n') + '\n';
}

/** The generated part of a check's page: everything above its examples. */
export function checkPageHead(check: Check): string {
  const elsewhere = [...(check.istio ?? []), ...(check.kiali ?? [])].join(', ');
  return [
    `# ${check.code} ${check.name}`,
    '',
    check.summary,
    '',
    `- Severity: ${check.severity}`,
    ...(elsewhere ? [`- Elsewhere: ${elsewhere}`] : []),
    `- Why: ${check.why}`,
    `- Way out: ${check.fix}`,
    '',
  ].join('\n');
}

/** What `--explain` prints. */
export function explain(check: Check): string {
  return checkPageHead(check).replace(/^# /, '');
}
