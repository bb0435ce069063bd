import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApiObject, type ApiObjectProps, App, Chart } from 'cdk8s';
import { Cluster, type Manifest, Mesh, MeshNamespace, MeshService, Network } from '../lib';
import { type ObjectProps, objectsOf } from './objects';

/** What is measured: so many clusters with so many objects, or with so many mesh services. */
export interface Case {
  readonly clusters: number;
  /** Objects per cluster, if they are plain ones. */
  readonly objects?: number;
  /** Mesh services, each on every cluster, if the case is a mesh. */
  readonly services?: number;
}

/** Builds what a case needs, and returns what is timed: turning that into files. */
export type Contender = (what: Case, outdir: string) => () => void;

const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `cluster-${index}`);

/** The objects of a case by cluster. What a mesh has is rendered first, for those who can't render it. */
function* clusterObjects(what: Case): Generator<[cluster: string, objects: Iterable<ObjectProps>]> {
  if (what.services === undefined) {
    for (const name of names(what.clusters)) yield [name, objectsOf(name, what.objects ?? 0)];
    return;
  }
  for (const { cluster, layers } of mesh(what, '').render()) {
    yield [cluster.clusterName, [...layers.values()].flat() as (Manifest & ObjectProps)[]];
  }
}

/** A mesh with one primary, on one network. */
function mesh(what: Case, outdir: string): Mesh {
  const mesh = new Mesh({ outdir });
  const network = new Network(mesh, 'vpc');
  for (const [index, name] of names(what.clusters).entries()) {
    const cluster = new Cluster(mesh, name, {
      network,
      region: `region-${index % 10}`,
      zones: [`region-${index % 10}-a`, `region-${index % 10}-b`],
      controlPlane: index === 0 ? { role: 'primary' } : { role: 'remote', primary: 'cluster-0' },
    });
    declare(cluster, objectsOf(name, what.objects ?? 0));
  }
  if (what.services === undefined) return mesh;
  const namespace = new MeshNamespace(mesh, 'shop');
  const services: MeshService[] = [];
  for (let index = 0; index < what.services; index++) {
    services.push(
      new MeshService(namespace, `app-${index}`, {
        ports: [{ name: 'http', port: 80, targetPort: 8080 }],
        versions: { v1: { image: `registry.example.com/shop/app-${index}:1.4.2`, placement: 'everywhere' } },
        calls: services.slice(-2),
        locality: { mode: 'failover' },
      }),
    );
  }
  return mesh;
}

function declare(chart: Chart, objects: Iterable<ObjectProps>): void {
  let index = 0;
  for (const props of objects) new ApiObject(chart, `object-${index++}`, props as unknown as ApiObjectProps);
}

/** This library. */
const ours: Contender = (what, outdir) => {
  const built = mesh(what, outdir);
  return () => built.synth();
};

/** cdk8s with all clusters as charts of one app. */
const oneApp: Contender = (what, outdir) => {
  const app = new App({ outdir });
  for (const [name, objects] of clusterObjects(what)) declare(new Chart(app, name), objects);
  return () => app.synth();
};

/** cdk8s with an app for each cluster. */
const appPerCluster: Contender = (what, outdir) => {
  const apps: App[] = [];
  for (const [name, objects] of clusterObjects(what)) {
    const app = new App({ outdir: join(outdir, name) });
    declare(new Chart(app, name), objects);
    apps.push(app);
  }
  return () => {
    for (const app of apps) app.synth();
  };
};

/** The least there is to do: the same objects as JSON, a line each, a file per cluster. */
const floor: Contender = (what, outdir) => {
  const clusters: [string, ObjectProps[]][] = [];
  for (const [name, objects] of clusterObjects(what)) clusters.push([name, [...objects]]);
  return () => {
    for (const [name, objects] of clusters) {
      mkdirSync(join(outdir, name), { recursive: true });
      writeFileSync(
        join(outdir, name, 'all.json'),
        objects.map(object => `${JSON.stringify(object)}\n`).join(''),
      );
    }
  };
};

/** All contenders by name. */
export const CONTENDERS = {
  ours,
  floor,
  'app per cluster': appPerCluster,
  'one app': oneApp,
} as const satisfies Record<string, Contender>;

/** Name of a contender that runs in Node. */
export type ContenderName = keyof typeof CONTENDERS;
