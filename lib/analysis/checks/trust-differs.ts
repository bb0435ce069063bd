import { stringAt, stringsAt } from '../../fleet/plain';
import { installationOrCluster } from '../installation';
import { at, type Check } from '../types';
import { groupBy } from '../view';

/** Whether clusters can trust each other's certificates. */
export const trustDiffers: Check = {
  code: 'ISM0405',
  name: 'trust-differs',
  severity: 'error',
  summary:
    'All control planes have one mesh ID, one root certificate, and trust domains that know each other.',
  why: 'Proxies of different clusters refuse each other’s certificates: every request from one to the other fails in the TLS handshake.',
  fix: 'Use the same meshConfig.trustDomain and global.meshID everywhere, intermediates of one root in each cacerts, or list the other domains in meshConfig.trustDomainAliases.',
  *run(view) {
    const domains = view.planes.map(plane => ({
      plane,
      domain: stringAt(plane.meshConfig, 'trustDomain') || plane.domain,
      aliases: stringsAt(plane.meshConfig, 'trustDomainAliases'),
    }));
    for (const { plane, domain, aliases } of domains) {
      const strange = domains.filter(other => other.domain !== domain && !aliases.includes(other.domain));
      if (strange.length === 0) continue;
      const others = [...new Set(strange.map(other => `"${other.domain}" (${other.plane.cluster})`))].join(
        ', ',
      );
      yield {
        at: installationOrCluster(view, plane.cluster),
        message: `its trust domain is "${domain}", and it doesn’t know ${others}`,
      };
    }
    const ids = view.fleet.clusters.flatMap(({ name }) => {
      const id = stringAt(view.values(name), 'global', 'meshID');
      return id ? [{ name, id }] : [];
    });
    const [most, ...others] = [...groupBy(ids, ({ id }) => id)].sort(([, a], [, b]) => b.length - a.length);
    for (const [id, group] of others) {
      for (const { name } of group) {
        yield {
          at: installationOrCluster(view, name),
          message: `its mesh ID is "${id}", but "${most[0]}" in ${most[1][0].name}`,
        };
      }
    }
    const roots = view.planes.flatMap(plane => {
      const object = view.fleet.find(plane.cluster, 'Secret', plane.rootNamespace, 'cacerts');
      const root = object && rootOf(object.manifest);
      return root ? [{ object, root }] : [];
    });
    const [first] = roots;
    for (const { object, root } of roots) {
      if (root !== first.root)
        yield {
          at: at(object),
          message: `its root certificate is not that of ${first.object.cluster}`,
          related: [at(first.object)],
        };
    }
  },
};

function rootOf(secret: unknown): string | undefined {
  const plain = stringAt(secret, 'stringData', 'root-cert.pem');
  const encoded = stringAt(secret, 'data', 'root-cert.pem');
  return (
    plain ?? (encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString('utf8'))
  )?.trim();
}
