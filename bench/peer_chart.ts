/** A chart of CPU per request, one group of bars for each kind of work. */

export interface ChartRow {
  readonly work: string;
  /** CPU by server, as a multiple of ours; NaN where there is none. */
  readonly times: Readonly<Record<string, number>>;
}

const colours = ['#2457d6', '#d9822b', '#3a9d5d', '#8f5bd0', '#b5483a'] as const;
const bar = { height: 12, gap: 3, most: 420, left: 170 } as const;
/** Longer bars are cut off here, with their number beside them. */
const mostTimes = 5;

const text = (x: number, y: number, words: string, anchor = 'start'): string =>
  `<text x="${x}" y="${y}" text-anchor="${anchor}">${words}</text>`;

const title = 'CPU per request, as a multiple of imagetx: shorter is better';

/** An SVG with ours as 1; shorter bars are better. */
export function drawChart(rows: readonly ChartRow[], servers: readonly string[]): string {
  const group = servers.length * (bar.height + bar.gap) + 10;
  const height = rows.length * group + 60;
  const scale = bar.most / mostTimes;
  const bars = rows.flatMap(({ work, times }, row) => {
    const top = 44 + row * group;
    const label = text(bar.left - 8, top + group / 2, work, 'end');
    const drawn = servers.map((server, at) => {
      const value = times[server] ?? Number.NaN;
      const y = top + at * (bar.height + bar.gap);
      if (Number.isNaN(value)) return text(bar.left + 4, y + 10, 'not offered');
      const width = Math.min(value, mostTimes) * scale;
      const fill = colours[at % colours.length];
      return `<rect x="${bar.left}" y="${y}" width="${width.toFixed(1)}" height="${bar.height}" fill="${fill}"/>${text(bar.left + width + 5, y + 10, value.toFixed(2))}`;
    });
    return [label, ...drawn];
  });
  const legend = servers.map((server, at) => {
    const x = bar.left + at * 130;
    return `<rect x="${x}" y="14" width="12" height="12" fill="${colours[at % colours.length]}"/>${text(x + 17, 24, server)}`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 680 ${height}" width="680" height="${height}" font-family="sans-serif" font-size="11" fill="#333" role="img" aria-label="${title}">
<title>${title}</title>
<rect width="100%" height="100%" fill="#fff"/>
${[...legend, ...bars].join('\n')}
${text(bar.left, height - 10, title)}
</svg>
`;
}
