import { readFile } from 'node:fs/promises';
import { estimate, prices } from '../convert_batch/costs.ts';
import { withSection } from './sections.ts';

const millions = [1, 10, 100] as const;

/** Settings that suit a size. */
const setups = [
  { what: 'small: 20 instances, 1 queue', queues: 1, instances: 20, rate: 500 },
  { what: 'large: 250 instances, 8 queues', queues: 8, instances: 250, rate: 4_000 },
] as const;

/** CPU of one conversion in ms: a small picture, and a photograph of 6 megapixels. */
const loads = [
  { what: '25 ms', cpuMs: 25 },
  { what: '125 ms', cpuMs: 125 },
] as const;

const rows = millions.flatMap((million) =>
  loads.flatMap(({ what: cpu, cpuMs }) =>
    setups.map(({ what, ...setup }) => {
      const { dollars, hours, limit } = estimate({ outputs: million * 1e6, cpuMs, ...setup });
      return `| ${million} million | ${cpu} | ${what} | ${hours.toFixed(1)} | ${limit} | ${dollars.toFixed(0)} |`;
    }),
  ),
);

const section = `
| outputs | CPU of each | setup | hours | limited by | US$ |
| --- | --- | --- | --- | --- | --- |
${rows.join('\n')}

Prices as listed ${prices.of}; formula and prices are in \`convert_batch/costs.ts\`.
`;

/** The page about scale with the table of costs and hours as the formula makes it. */
export const scalePage = async (): Promise<string> =>
  withSection(await readFile(new URL('scale.md', import.meta.url), 'utf8'), 'scale', section);
