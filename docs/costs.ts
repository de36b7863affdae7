import { readFile } from 'node:fs/promises';
import { instance, measured, perMillion, prices } from '../convert_batch/costs.ts';
import { withSection } from './sections.ts';

/** The same for other servers, side by side by `npm run bench -- peers` (docs/figures.md); undefined: not offered. */
const peers = {
  on: '2026-11-29',
  names: ['imagetx', 'Imaginary', 'ipx'],
  cpuMs: {
    'JPEG 1920 x 1080 to 300 wide': [11.7, 10.8, 11.7],
    'JPEG 400 x 300 to 200 wide': [3.75, 3.75, 3.33],
    'smart crop of a JPEG 1920 x 1080': [15.8, 46.3, 18.3],
    'JPEG 6 MP to 1024 (Nextcloud)': [74.6, 132.9, 81.3],
    'PNG 0.8 MP with alpha to JPEG': [19.6, 19.6, 26.3],
    'JPEG 400 x 300 to WebP': [14.2, 11.3, 12.9],
    'WebP 0.9 MP to 400 wide': [24.2, 25.8, 24.6],
    'PNG 1 MP to 300 wide': [18.3, 30.8, 19.2],
    'JPEG 1920 x 1080 to AVIF, 300 wide': [35.4, undefined, 179.6],
  },
} as const;

const rows = Object.entries(measured.cpuMs).map(
  ([work, ms]) => `| ${work} | ${ms} | ${perMillion(ms).toFixed(2)} |`,
);

const peerRows = Object.entries(peers.cpuMs).map(([work, all]) => {
  const cells = all.map((ms) => (ms === undefined ? '-' : perMillion(ms).toFixed(2)));
  return `| ${work} | ${cells.join(' | ')} |`;
});

const section = `
| conversion | CPU ms | US$ per million |
| --- | --- | --- |
${rows.join('\n')}

Formula: CPU seconds / ${instance.vcpu} vCPU x (${instance.vcpu} x $${prices.vcpuSecond} + ${instance.gib} GiB x $0.0000025) x 1,000,000 + $${prices.millionRequests.toFixed(2)} for the requests.
CPU measured ${measured.on} on two shared cores, prices as listed ${prices.of}; both will differ where you are. It is the floor: an
instance that waits for uploads or idles between requests is paid for meanwhile. Not in it: storage, operations, CDN
traffic, Cloud Tasks and the function (about three operations and one task per output in batch).

The same formula for other servers, from CPU that was measured side by side on ${peers.on} (versions and conditions:
[figures](figures.md)), in US$ per million:

| conversion | ${peers.names.join(' | ')} |
| --- |${peers.names.map(() => ' --- |').join('')}
${peerRows.join('\n')}
`;

/** The deployment page with the table of costs as the figures and prices here make it. */
export const deployPage = async (): Promise<string> =>
  withSection(await readFile(new URL('deploy.md', import.meta.url), 'utf8'), 'costs', section);
