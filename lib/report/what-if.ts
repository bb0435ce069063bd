import { byText } from '../fleet/plain';
import type { Ends } from '../traffic/rows';
import { type GroupResult, rowsOf, type ScenarioResult } from '../traffic/scenario-answer';
import type { Study } from '../traffic/what-if';

/** What clients that are served alike get of one service. */
interface Line {
  readonly service: string;
  /** Clients, the zones of a cluster together where all are alike. */
  readonly from: string;
  readonly served: readonly string[];
  readonly lost: readonly string[];
}

/** The answer to a what-if as JSON, scenario by scenario. */
export function* whatIfJson({ scenarios, ...about }: Study): Iterable<string> {
  yield JSON.stringify(about, null, 2).replace(/\n\}$/, ',\n  "scenarios": [');
  let separator = '';
  for (const scenario of scenarios) {
    yield `${separator}\n${JSON.stringify(rowsOf(scenario), null, 2).replaceAll(/^/gm, '    ')}`;
    separator = ',';
  }
  yield '\n  ]\n}\n';
}

/** The answer to a what-if for people, part by part: the healthy state in full, of each failure what it changes. */
export function whatIfText(answer: Study): Iterable<string> {
  return render(answer, {
    heading: text => `${text}\n${'='.repeat(text.length)}\n`,
    line: ({ service, from, served, lost }) =>
      [
        `${service} from ${from}`,
        ...served.map(text => `    ${text}`),
        ...lost.map(text => `    LOST ${text}`),
        '',
      ].join('\n'),
    table: lines => lines.join(''),
    bullet: text => `- ${text}\n`,
  });
}

/** The same in Markdown. */
export function whatIfMarkdown(answer: Study): Iterable<string> {
  const cell = (texts: readonly string[]) => (texts.join('<br>') || '–').replaceAll('|', '\\|');
  return render(answer, {
    heading: text => `## ${text}\n\n`,
    line: ({ service, from, served, lost }) => `| ${service} | ${from} | ${cell(served)} | ${cell(lost)} |\n`,
    table: lines => `| service | from | answered by | lost |\n| --- | --- | --- | --- |\n${lines.join('')}\n`,
    bullet: text => `- ${text}\n`,
  });
}

interface Style {
  heading(text: string): string;
  line(line: Line): string;
  table(lines: readonly string[]): string;
  bullet(text: string): string;
}

function* render(answer: Study, style: Style): Iterable<string> {
  let healthy: ReadonlyMap<string, string> | undefined;
  for (const scenario of answer.scenarios) {
    yield style.heading(titleOf(scenario));
    const clients = clientsOf(scenario);
    const isHealthy = !healthy && scenario.failed.length === 0;
    const known = healthy;
    const changed = (group: ClientGroup) =>
      group.names.some(name => known?.get(`${group.service} ${name}`) !== group.key);
    const lines = linesOf(clients, isHealthy ? undefined : changed);
    healthy ??= new Map(
      clients.flatMap(({ names, service, key }) => names.map(name => [`${service} ${name}`, key])),
    );
    if (lines.length > 0) yield style.table(lines.map(line => style.line(line)));
    else yield 'Nothing changes.\n';
    const leaving = scenario.crossRegion.filter(({ share }) => share > 0);
    if (leaving.length > 0) {
      const texts = leaving.map(({ service, share }) => `${service} ${percent(share)}`);
      yield `Leaves its region, mean over clients: ${texts.join(', ')}.\n`;
    }
    const flows = flowTexts(scenario);
    if (flows.length > 0) yield 'Per request at the ingress gateways, along the call graph:\n';
    for (const text of flows) yield style.bullet(text);
    yield '\n';
  }
  if (answer.conditionalRoutes.length > 0) {
    yield style.heading('Routes that some requests take, not in the shares');
    for (const { service, route, match, destinations } of answer.conditionalRoutes) {
      yield style.bullet(`${service}: ${match} -> ${destinations.join(', ')} (${route})`);
    }
    yield '\n';
  }
  if (answer.mirrors.length > 0) {
    yield style.heading('Copies of requests');
    for (const { service, to } of answer.mirrors) yield style.bullet(`${service} -> ${to}`);
    yield '\n';
  }
  yield style.heading('Assumed');
  for (const text of answer.assumptions) yield style.bullet(text);
}

/** One line per service: what arrives where, and what is lost. */
function flowTexts(scenario: ScenarioResult): string[] {
  const { flows } = scenario;
  const services = [...new Set([...flows.served, ...flows.unserved].map(row => row.service))].sort(byText);
  return services.map(service => {
    const served = flows.served
      .filter(row => row.service === service)
      .map(
        ({ requests, to }) =>
          `${count(requests)} at ${to.version} in ${to.cluster}${to.zone ? `/${to.zone}` : ''}`,
      );
    const lost = flows.unserved
      .filter(row => row.service === service)
      .map(({ requests, reason }) => `LOST ${count(requests)} ${reason}`);
    return `${service}: ${[...served, ...lost].join(', ')}`;
  });
}

function count(requests: number): string {
  return (Math.round(requests * 100) / 100).toString();
}

function titleOf({ failed, mode }: ScenarioResult): string {
  if (failed.length === 0) return 'Healthy';
  return `${failed.join(' and ')} ${mode === 'unready' ? 'down, and reported so' : 'failing requests, and reported ready'}`;
}

/** Clients of one service that get the same, as texts. */
interface ClientGroup {
  readonly service: string;
  readonly clients: readonly { readonly cluster: string; readonly name: string }[];
  readonly names: readonly string[];
  readonly served: readonly string[];
  readonly lost: readonly string[];
  /** Equal for groups that get the same. */
  readonly key: string;
}

function clientsOf(scenario: ScenarioResult): ClientGroup[] {
  const groups = new Map<string, ClientGroup>();
  for (const group of scenario.groups) {
    const { served, lost, key } = textsOf(group.ends);
    const clients = [...(groups.get(`${group.service} ${key}`)?.clients ?? []), ...namesOf(group)];
    const names = clients.map(({ name }) => name);
    groups.set(`${group.service} ${key}`, { service: group.service, clients, names, served, lost, key });
  }
  return [...groups.values()].filter(({ clients }) => clients.length > 0);
}

function namesOf({ places, gateway }: GroupResult): { cluster: string; name: string }[] {
  return places.map(({ cluster, zone }) => {
    const place = zone ? `${cluster}/${zone}` : cluster;
    const name = gateway ? `ingress ${gateway} in ${place}` : place;
    return { cluster: gateway ? name : cluster, name };
  });
}

const TEXTS = new WeakMap<Ends, Pick<ClientGroup, 'served' | 'lost' | 'key'>>();

function textsOf(ends: Ends): Pick<ClientGroup, 'served' | 'lost' | 'key'> {
  const known = TEXTS.get(ends);
  if (known) return known;
  const served = ends.served.map(
    ({ to, share }) => `${percent(share)} ${to.version} in ${to.cluster}${to.zone ? `/${to.zone}` : ''}`,
  );
  const lost = ends.unserved.map(({ reason, share }) => `${percent(share)} ${reason}`);
  const texts = { served, lost, key: JSON.stringify([served, lost]) };
  TEXTS.set(ends, texts);
  return texts;
}

/** One line per group that is wanted, with a cluster's name where all its zones are in the group. */
function linesOf(
  groups: readonly ClientGroup[],
  isWanted: (group: ClientGroup) => boolean = () => true,
): Line[] {
  const perCluster = new Map<string, number>();
  for (const { service, clients } of groups) {
    for (const { cluster } of clients) {
      const key = `${service} ${cluster}`;
      perCluster.set(key, (perCluster.get(key) ?? 0) + 1);
    }
  }
  return groups
    .filter(isWanted)
    .map(({ service, clients, served, lost }) => {
      const byCluster = new Map<string, string[]>();
      for (const { cluster, name } of clients) {
        const names = byCluster.get(cluster);
        if (names) names.push(name);
        else byCluster.set(cluster, [name]);
      }
      const names = [...byCluster].flatMap(([cluster, own]) =>
        own.length === perCluster.get(`${service} ${cluster}`) ? [cluster] : own,
      );
      return { service, from: names.sort(byText).join(', '), served, lost };
    })
    .sort((a, b) => byText(a.service, b.service) || byText(a.from, b.from));
}

/** `33.3 %`, without the decimal where it is zero. */
function percent(share: number): string {
  return `${(Math.round(share * 1000) / 10).toString()} %`;
}
