import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Check, Finding, RelatedPlace } from '../types';

const LEVELS = { error: 'error', warning: 'warning', info: 'note' } as const;

/**
 * Findings as SARIF 2.1.0, for code scanning. A finding that has no file (a cluster as a whole) has a logical
 * location only.
 *
 * Source: OASIS SARIF 2.1.0, sections 3.19 (reportingDescriptor), 3.27 (result), 3.29 (physicalLocation).
 */
export function formatSarif(findings: readonly Finding[], checks: readonly Check[], version: string): string {
  const used = checks.filter(check => findings.some(finding => finding.code === check.code));
  const index = new Map(used.map((check, i) => [check.code, i]));
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'isthmus',
            version,
            rules: used.map(check => ({
              id: check.code,
              name: check.name,
              shortDescription: { text: check.summary },
              fullDescription: { text: check.why },
              help: { text: check.fix },
              defaultConfiguration: { level: LEVELS[check.severity] },
            })),
          },
        },
        columnKind: 'utf16CodeUnits',
        results: findings.map(finding => ({
          ruleId: finding.code,
          ruleIndex: index.get(finding.code),
          level: LEVELS[finding.severity],
          message: { text: `${finding.message} ${finding.why} ${finding.fix}` },
          locations: [location({ ...finding, cluster: finding.clusters[0] })],
          relatedLocations: finding.related.map(location),
          partialFingerprints: {
            'isthmusFinding/v1': [finding.code, resourceName(finding), finding.message].join('|'),
          },
          properties: { clusters: finding.clusters },
        })),
      },
    ],
  };
  return JSON.stringify(log, null, 2) + '\n';
}

function location(
  place: Pick<RelatedPlace, 'cluster' | 'resource' | 'file' | 'line'>,
): Record<string, unknown> {
  const logical = { logicalLocations: [{ fullyQualifiedName: `${place.cluster}/${resourceName(place)}` }] };
  if (!place.file) return logical;
  const uri = isAbsolute(place.file)
    ? pathToFileURL(place.file).href
    : place.file.split('/').map(encodeURIComponent).join('/');
  const region = place.line > 0 ? { region: { startLine: place.line } } : {};
  return { physicalLocation: { artifactLocation: { uri }, ...region }, ...logical };
}

function resourceName({ resource: { kind, namespace, name } }: Pick<RelatedPlace, 'resource'>): string {
  return `${kind}/${namespace ? `${namespace}/` : ''}${name}`;
}
