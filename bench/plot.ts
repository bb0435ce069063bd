import type { Result } from './measure';

const WIDTH = 720;
const HEIGHT = 420;
const LEFT = 70;
const RIGHT = 150;
const TOP = 30;
const BOTTOM = 50;
const COLORS = ['#0b6e99', '#6b7280', '#c2410c', '#7e22ce', '#15803d', '#a16207'];

/** Time over the number of objects, for 200 objects per cluster, both axes logarithmic, as an SVG picture. */
export function scalingPlot(results: readonly Result[]): string {
  const points = results.filter(({ case: what }) => what.objects === 200);
  if (points.length === 0) throw new Error('nothing to plot: no results with 200 objects per cluster');
  const objects = points.map(({ case: what }) => what.clusters * 200);
  const seconds = points.map(({ synth }) => synth / 1000);
  const x = axis(objects, LEFT, WIDTH - RIGHT);
  const y = axis(seconds, HEIGHT - BOTTOM, TOP);
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    '<title>Time of synthesis over the number of objects</title>',
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    ...x.ticks.map(
      tick =>
        `<path d="M${x.at(tick)} ${TOP}V${HEIGHT - BOTTOM}" stroke="#e5e7eb"/>` +
        `<text x="${x.at(tick)}" y="${HEIGHT - BOTTOM + 18}" text-anchor="middle">${tick.toLocaleString('en')}</text>`,
    ),
    ...y.ticks.map(
      tick =>
        `<path d="M${LEFT} ${y.at(tick)}H${WIDTH - RIGHT}" stroke="#e5e7eb"/>` +
        `<text x="${LEFT - 8}" y="${y.at(tick) + 4}" text-anchor="end">${tick} s</text>`,
    ),
    `<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 10}" text-anchor="middle">objects, 200 per cluster</text>`,
  ];
  const names = [...new Set(points.map(({ contender }) => contender))];
  const ends: number[] = [];
  for (const [index, name] of names.entries()) {
    const line = points
      .filter(({ contender }) => contender === name)
      .map(({ case: what, synth }) => [x.at(what.clusters * 200), y.at(synth / 1000)] as const)
      .sort((a, b) => a[0] - b[0]);
    const color = COLORS[index % COLORS.length];
    const [endX, endY] = line[line.length - 1];
    // Labels of lines that end together go one below the other.
    let labelY = endY + 4;
    while (ends.some(other => Math.abs(other - labelY) < 14)) labelY += 2;
    ends.push(labelY);
    parts.push(
      `<polyline points="${line.map(point => point.join(',')).join(' ')}" fill="none" stroke="${color}" stroke-width="2"/>`,
      ...line.map(([cx, cy]) => `<circle cx="${cx}" cy="${cy}" r="3" fill="${color}"/>`),
      `<text x="${endX + 8}" y="${labelY}" fill="${color}">${name}</text>`,
    );
  }
  return `${[...parts, '</svg>'].join('\n')}\n`;
}

/** A logarithmic axis over whole decades. */
function axis(values: readonly number[], from: number, to: number) {
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values))));
  return {
    ticks: Array.from({ length: high - low + 1 }, (_, index) => Number(`1e${low + index}`)),
    at: (value: number) =>
      Math.round((from + ((Math.log10(value) - low) / (high - low)) * (to - from)) * 10) / 10,
  };
}
