import { networkOf } from '../networks';
import { atCluster, type Check } from '../types';
import { groupBy } from '../view';

/** Whether pod addresses are unique on a network. */
export const podRangesOverlap: Check = {
  code: 'ISM0208',
  name: 'pod-ranges-overlap',
  severity: 'error',
  summary: 'Clusters on one network have pod address ranges that don’t overlap.',
  why: 'Two pods can have one address: requests for one end at the other, or nowhere.',
  fix: 'Give the clusters separate ranges, or put them on networks of their own with east-west gateways.',
  *run(view) {
    const ranges = view.fleet.clusters.flatMap(cluster => {
      const range = parse(cluster.podCidr ?? '');
      return range ? [{ cluster, ...range }] : [];
    });
    for (const [network, group] of groupBy(ranges, ({ cluster }) => networkOf(view.fleet, cluster))) {
      const sorted = [...group].sort((a, b) => a.start - b.start);
      let widest = sorted[0];
      for (const range of sorted.slice(1)) {
        if (range.start <= widest.end) {
          yield {
            at: atCluster(range.cluster.name),
            message: `its pod range ${range.cluster.podCidr} overlaps ${widest.cluster.podCidr} of ${widest.cluster.name} on network "${network}"`,
            related: [atCluster(widest.cluster.name)],
          };
        }
        if (range.end > widest.end) widest = range;
      }
    }
  },
};

function parse(cidr: string): { start: number; end: number } | undefined {
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(cidr);
  if (!match) return undefined;
  const [a, b, c, d, prefix] = match.slice(1).map(Number);
  const size = 2 ** (32 - prefix);
  const address = a * 2 ** 24 + b * 2 ** 16 + c * 2 ** 8 + d;
  const start = address - (address % size);
  return { start, end: start + size - 1 };
}
