import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { loadDist, loadFolders } from '../../lib/fleet/load';

const NAMESPACE =
  'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: istio-system\n  labels: {topology.istio.io/network: vpc}\n';
const SERVICE = 'apiVersion: v1\nkind: Service\nmetadata: {name: reviews, namespace: bookinfo}\n';
const CLUSTER = {
  name: 'frankfurt',
  context: 'gke_x',
  network: 'vpc',
  region: 'europe-west3',
  zones: ['europe-west3-a'],
  controlPlane: { role: 'primary' },
  configCluster: 'frankfurt',
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fleet-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(files: Record<string, string | Buffer>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

function writeDist(files: Record<string, string | Buffer> = {}): void {
  write({
    'fleet.json': JSON.stringify({ version: 1, clusters: [CLUSTER] }),
    'frankfurt/40-applications.yaml': SERVICE,
    ...files,
  });
}

describe('loadDist', () => {
  test('loads clusters, manifests and Helm values', () => {
    writeDist({ 'frankfurt/helm/istiod.yml': 'global: {network: vpc}\n' });
    const fleet = loadDist(folder);
    expect(fleet.clusters).toEqual([CLUSTER]);
    expect(fleet.find('frankfurt', 'Service', 'bookinfo', 'reviews')?.file).toBe(
      join(folder, 'frankfurt/40-applications.yaml'),
    );
    expect(fleet.helm).toMatchObject([
      { cluster: 'frankfurt', name: 'istiod', values: { global: { network: 'vpc' } } },
    ]);
  });

  test('says that a folder without fleet.json is incomplete', () => {
    write({ 'frankfurt/a.yaml': SERVICE });
    expect(() => loadDist(folder)).toThrow(/no fleet\.json, so it is incomplete/);
  });

  test('names the field of fleet.json that is wrong', () => {
    write({ 'fleet.json': JSON.stringify({ version: 1, clusters: [{ ...CLUSTER, zones: undefined }] }) });
    expect(() => loadDist(folder)).toThrow(/fleet\.json: clusters\[0\]\.zones is missing/);
  });

  test('refuses another version of fleet.json', () => {
    write({ 'fleet.json': JSON.stringify({ version: 2, clusters: [CLUSTER] }) });
    expect(() => loadDist(folder)).toThrow(/has version 2; this release reads version 1/);
  });

  test('refuses a cluster whose folder is missing', () => {
    write({ 'fleet.json': JSON.stringify({ version: 1, clusters: [CLUSTER] }) });
    expect(() => loadDist(folder)).toThrow(/frankfurt: is not a folder/);
  });

  test('refuses files that are binary or not UTF-8', () => {
    writeDist({ 'frankfurt/x.yaml': Buffer.from([0x61, 0x00]) });
    expect(() => loadDist(folder)).toThrow(/x\.yaml: is binary/);
    writeDist({ 'frankfurt/x.yaml': Buffer.from([0x61, 0xff]) });
    expect(() => loadDist(folder)).toThrow(/x\.yaml: is not UTF-8/);
  });

  test('refuses a symbolic link that leaves the folder, follows one that stays', () => {
    writeDist();
    symlinkSync(join(folder, 'frankfurt/40-applications.yaml'), join(folder, 'frankfurt/45-more.yaml'));
    expect(loadDist(folder).duplicates).toHaveLength(1);
    symlinkSync('/etc/hostname', join(folder, 'frankfurt/50-out.yaml'));
    expect(() => loadDist(folder)).toThrow(/50-out\.yaml: is a symbolic link that leaves the folder/);
  });

  test('refuses a name that is not UTF-8', () => {
    writeDist();
    writeFileSync(
      Buffer.concat([Buffer.from(`${folder}/frankfurt/`), Buffer.from([0xff]), Buffer.from('.yaml')]),
      SERVICE,
    );
    expect(() => loadDist(folder)).toThrow(/whose name is not UTF-8 \(ff2e79616d6c\)/);
  });

  test('reports objects given twice with both places', () => {
    writeDist({ 'frankfurt/50-routes.yaml': SERVICE });
    const [{ first, second }] = loadDist(folder).duplicates;
    expect([first.file, second.file].map(file => file.split('/').pop())).toEqual([
      '40-applications.yaml',
      '50-routes.yaml',
    ]);
  });
});

describe('loadFolders', () => {
  test('reads subfolders, and takes network, region and zones from the manifests', () => {
    write({
      'eu/base/ns.yml': NAMESPACE,
      'eu/nodes.json': JSON.stringify({
        apiVersion: 'v1',
        kind: 'List',
        items: ['b', 'a'].map(zone => ({
          apiVersion: 'v1',
          kind: 'Node',
          metadata: {
            name: zone,
            labels: { 'topology.kubernetes.io/region': 'eu', 'topology.kubernetes.io/zone': `eu-${zone}` },
          },
        })),
      }),
    });
    const fleet = loadFolders({ folders: new Map([['one', join(folder, 'eu')]]) });
    expect(fleet.clusters).toEqual([
      {
        name: 'one',
        context: 'one',
        network: 'vpc',
        region: 'eu',
        zones: ['eu-a', 'eu-b'],
        controlPlane: { role: 'primary' },
        configCluster: 'one',
      },
    ]);
  });

  test('takes the inventory, and flags over it', () => {
    write({
      'isthmus.yaml':
        'clusters:\n- {name: one, folder: eu, region: eu}\n- {name: two, folder: br, controlPlane: {role: remote, primary: one}}\n',
      'eu/a.yaml': SERVICE,
      'br/a.yaml': SERVICE,
    });
    const fleet = loadFolders({
      folders: new Map(),
      inventory: join(folder, 'isthmus.yaml'),
      overrides: new Map([['two', { region: 'br' }]]),
    });
    expect(fleet.cluster('one').region).toBe('eu');
    expect(fleet.cluster('two')).toMatchObject({ region: 'br', configCluster: 'one' });
  });

  test('refuses a described cluster without a folder', () => {
    write({ 'isthmus.yaml': 'clusters:\n- {name: one}\n' });
    expect(() => loadFolders({ folders: new Map(), inventory: join(folder, 'isthmus.yaml') })).toThrow(
      /cluster "one" has no folder/,
    );
  });
});
