import { byText } from '../fleet/plain';
import type { Share, Unserved } from '../traffic/rows';
import type { ScenarioResult, WhatIf } from '../traffic/what-if';

/** What clients that are served alike get of one service. */
interface Line {
  readonly service: string;
  /** Clients, the zones of a cluster together where all are alike. */
  readonly from: string;
  readonly served: readonly string[];
  readonly lost: readonly string[];
}

/** The answer to a what-if for people: the healthy state in full, of each failure what it changes. */
export function whatIfText(answer: WhatIf): string {
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
export function whatIfMarkdown(answer: WhatIf): string {
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

function render(answer: WhatIf, style: Style): string {
  const [healthy] = answer.scenarios;
  const parts: string[] = [];
  for (const scenario of answer.scenarios) {
    parts.push(style.heading(titleOf(scenario)));
    const all = linesOf(scenario);
    const isHealthy = scenario === healthy && scenario.failed.length === 0;
    const lines = isHealthy ? all : all.filter(line => changed(line, healthy, scenario));
    if (lines.length > 0) parts.push(style.table(lines.map(line => style.line(line))));
    else parts.push('Nothing changes.\n');
    const leaving = scenario.crossRegion.filter(({ share }) => share > 0);
    if (leaving.length > 0) {
      const texts = leaving.map(({ service, share }) => `${service} ${percent(share)}`);
      parts.push(`Leaves its region, mean over clients: ${texts.join(', ')}.\n`);
    }
    const { served, unserved } = scenario.flows;
    if (served.length > 0 || unserved.length > 0) {
      parts.push('Per request at the ingress gateways, along the call graph:\n');
      for (const text of flowTexts(scenario)) parts.push(style.bullet(text));
    }
    parts.push('\n');
  }
  if (answer.conditionalRoutes.length > 0) {
    parts.push(style.heading('Routes that some requests take, not in the shares'));
    for (const { service, route, match, destinations } of answer.conditionalRoutes) {
      parts.push(style.bullet(`${service}: ${match} -> ${destinations.join(', ')} (${route})`));
    }
    parts.push('\n');
  }
  if (answer.mirrors.length > 0) {
    parts.push(style.heading('Copies of requests'));
    for (const { service, to } of answer.mirrors) parts.push(style.bullet(`${service} -> ${to}`));
    parts.push('\n');
  }
  parts.push(style.heading('Assumed'));
  for (const text of answer.assumptions) parts.push(style.bullet(text));
  return parts.join('');
}

/** One line per service: what arrives where, and what is lost. */
function flowTexts({ flows }: ScenarioResult): string[] {
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

/** Whether the same clients got something else in the healthy state. */
function changed(line: Line, healthy: ScenarioResult, scenario: ScenarioResult): boolean {
  const before = new Set(clientsOf(healthy).map(client => `${client.service} ${client.from} ${client.key}`));
  return clientsOf(scenario).some(
    client =>
      client.service === line.service &&
      line.from.split(', ').some(name => client.from === name || client.from.startsWith(`${name}/`)) &&
      !before.has(`${client.service} ${client.from} ${client.key}`),
  );
}

interface ClientResult {
  readonly service: string;
  readonly from: string;
  readonly cluster: string;
  readonly served: string[];
  readonly lost: string[];
  key: string;
}

function linesOf(scenario: ScenarioResult): Line[] {
  const groups = new Map<string, ClientResult[]>();
  for (const client of clientsOf(scenario)) {
    const key = `${client.service} ${client.key}`;
    groups.set(key, [...(groups.get(key) ?? []), client]);
  }
  const zonesPerCluster = new Map<string, number>();
  for (const client of clientsOf(scenario)) {
    const key = `${client.service} ${client.cluster}`;
    zonesPerCluster.set(key, (zonesPerCluster.get(key) ?? 0) + 1);
  }
  return [...groups.values()]
    .map(clients => {
      const byCluster = new Map<string, ClientResult[]>();
      for (const client of clients)
        byCluster.set(client.cluster, [...(byCluster.get(client.cluster) ?? []), client]);
      const names = [...byCluster].flatMap(([cluster, own]) =>
        own.length === zonesPerCluster.get(`${own[0].service} ${cluster}`)
          ? [cluster]
          : own.map(client => client.from),
      );
      const [{ service, served, lost }] = clients;
      return { service, from: names.sort(byText).join(', '), served, lost };
    })
    .sort((a, b) => byText(a.service, b.service) || byText(a.from, b.from));
}

function clientsOf(scenario: ScenarioResult): ClientResult[] {
  const clients = new Map<string, ClientResult>();
  const clientOf = (row: Share | Unserved, gateway?: string): ClientResult => {
    const { cluster, zone } = row.from;
    const place = zone ? `${cluster}/${zone}` : cluster;
    const from = gateway ? `ingress ${gateway} in ${place}` : place;
    const key = `${row.service} ${from}`;
    const client = clients.get(key) ?? {
      service: row.service,
      from,
      cluster: gateway ? from : cluster,
      served: [],
      lost: [],
      key: '',
    };
    clients.set(key, client);
    return client;
  };
  const addShare = (row: Share, gateway?: string) => {
    const { version, cluster, zone } = row.to;
    clientOf(row, gateway).served.push(
      `${percent(row.share)} ${version} in ${cluster}${zone ? `/${zone}` : ''}`,
    );
  };
  const addLost = (row: Unserved, gateway?: string) => {
    clientOf(row, gateway).lost.push(`${percent(row.share)} ${row.reason}`);
  };
  for (const row of scenario.shares) addShare(row);
  for (const row of scenario.unserved) addLost(row);
  for (const row of scenario.ingress.shares) addShare(row, row.gateway);
  for (const row of scenario.ingress.unserved) addLost(row, row.gateway);
  for (const client of clients.values()) client.key = JSON.stringify([client.served, client.lost]);
  return [...clients.values()];
}

/** `33.3 %`, without the decimal where it is zero. */
function percent(share: number): string {
  return `${(Math.round(share * 1000) / 10).toString()} %`;
}
