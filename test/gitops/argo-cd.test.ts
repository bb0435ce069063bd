import { parseAllDocuments } from 'yaml';
import { ArgoCd, type ArgoCdProps } from '../../lib/gitops';
import { Mesh, MeshNamespace } from '../../lib/mesh';
import { Network } from '../../lib/mesh/network';
import { writtenFiles } from '../support/files';
import { cluster, refusal, service } from '../support/meshes';
import { validateManifest } from '../support/validate';

const REPO = 'https://git.example.com/platform/mesh.git';

function declare(
  outdir: string,
  props: Partial<ArgoCdProps> = {},
  plane: { address?: string } = { address: '10.0.0.9' },
): Mesh {
  const mesh = new Mesh({ outdir });
  new Network(mesh, 'net');
  cluster(mesh, 'a', { controlPlane: { role: 'primary', ...plane } });
  cluster(mesh, 'b', { controlPlane: { role: 'remote', primary: 'a' } });
  service(new MeshNamespace(mesh, 'shop'), 'cart', {
    versions: { v1: { image: 'example/cart:1', placement: ['a', 'b'] } },
  });
  new ArgoCd(mesh, 'argocd', { repoURL: REPO, ...props });
  return mesh;
}

/** The objects of a file in dist/argocd. */
function objects(file: string, props?: Partial<ArgoCdProps>): any[] {
  const files = writtenFiles(outdir => declare(outdir, props).synth());
  return parseAllDocuments(files.get(`argocd/${file}.yaml`)!).map(document => document.toJS());
}

const byName = (props?: Partial<ArgoCdProps>) =>
  new Map(objects('applications', props).map(object => [object.metadata.name.replace('mesh1-', ''), object]));

test('there is one Application per cluster and layer and per release, in the waves of the apply plan', () => {
  const waves = [...byName()].map(([name, { metadata }]) => [
    Number(metadata.annotations['argocd.argoproj.io/sync-wave']),
    name,
  ]);
  expect(
    waves
      .map(([wave, name]) => `${wave} ${name}`)
      .sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10)),
  ).toEqual([
    '0 a-namespaces',
    '0 b-namespaces',
    '1 a-istio-base',
    '1 b-istio-base',
    '2 b-istio',
    '3 a-istiod',
    '4 a-istio-eastwestgateway',
    '5 a-gateways',
    '6 b-istiod',
    '7 a-mesh',
    '8 a-applications',
    '8 b-applications',
  ]);
});

test('a layer is one file of the cluster, synced to the cluster by its name', () => {
  const { spec } = byName({ destinations: { b: 'edge' } }).get('b-applications');
  expect(spec.source).toEqual({
    repoURL: REPO,
    targetRevision: 'HEAD',
    path: 'dist/b',
    directory: { include: '40-applications.yaml' },
  });
  expect(spec.destination).toEqual({ name: 'edge' });
  expect(byName().get('b-applications').spec.destination).toEqual({ name: 'b' });
});

test("a release is Istio's chart with the values in dist", () => {
  expect(byName().get('b-istiod').spec.sources).toEqual([
    {
      repoURL: 'ghcr.io/istio/release/charts',
      chart: 'istiod',
      targetRevision: '1.31.1',
      helm: { releaseName: 'istiod', valueFiles: ['$values/dist/b/helm/istiod.yml'] },
    },
    { repoURL: REPO, targetRevision: 'HEAD', ref: 'values' },
  ]);
});

test('what istiod writes into webhooks is no drift, and nothing else is ignored', () => {
  const ignored = [...byName()].flatMap(([name, { spec }]) =>
    (spec.ignoreDifferences ?? []).map(({ kind }: { kind: string }) => `${name} ${kind}`),
  );
  expect(ignored).toEqual([
    'a-istio-base ValidatingWebhookConfiguration',
    'b-istio-base ValidatingWebhookConfiguration',
    'a-istiod MutatingWebhookConfiguration',
    'a-istiod ValidatingWebhookConfiguration',
    'b-istiod MutatingWebhookConfiguration',
    'b-istiod ValidatingWebhookConfiguration',
  ]);
});

test('namespaces and CRDs stay when they are no longer declared; the rest goes in reverse', () => {
  const all = byName();
  for (const name of ['a-namespaces', 'a-istio-base']) {
    const { metadata, spec } = all.get(name);
    expect(metadata.finalizers).toBeUndefined();
    expect(spec.syncPolicy.automated).toEqual({ prune: false, selfHeal: true });
    expect(spec.syncPolicy.syncOptions).toEqual(expect.arrayContaining(['Prune=false', 'Delete=false']));
  }
  const { metadata, spec } = all.get('a-mesh');
  expect(metadata.finalizers).toEqual(['resources-finalizer.argocd.argoproj.io']);
  expect(spec.syncPolicy.syncOptions).toEqual(['ServerSideApply=true', 'PruneLast=true']);
});

test('the project allows the repository, the charts and the clusters, and no more', () => {
  const [{ spec }] = objects('project');
  expect(spec.sourceRepos).toEqual(['ghcr.io/istio/release/charts', REPO]);
  expect(spec.destinations).toEqual([
    { name: 'a', namespace: '*' },
    { name: 'b', namespace: '*' },
  ]);
});

test('without automation nothing is synced by itself', () => {
  for (const { spec } of objects('applications', { automated: false })) {
    expect(spec.syncPolicy.automated).toBeUndefined();
  }
});

test('every object is valid', () => {
  for (const file of ['root', 'project', 'applications', 'argocd-cm']) {
    expect(objects(file).flatMap(validateManifest)).toEqual([]);
  }
});

test('an address that is only known at run time is refused, and nothing is written', () => {
  const files = writtenFiles(outdir => {
    declare(outdir).synth();
    expect(refusal(() => declare(outdir, {}, {}).synth())).toMatchInlineSnapshot(
      `"argocd: the values of release 'istiod' on 'b' lack global.remotePilotAddress, the address of a load balancer that the apply plan would wait for; Argo CD syncs what is in Git, and knows no address that is found at run time. Reserve a static address and give it as 'address' of the primary's controlPlane."`,
    );
  });
  expect(files.has('argocd/root.yaml')).toBe(true);
});

test('a destination of a cluster that does not exist is refused', () => {
  writtenFiles(outdir => {
    declare(outdir).synth();
    const mesh = declare(outdir, { destinations: { c: 'edge' } });
    expect(refusal(() => mesh.synth())).toMatchInlineSnapshot(
      `"argocd: it has a destination for 'c', which is no cluster of this mesh; nothing would go there. Use one of: a, b."`,
    );
  });
});
