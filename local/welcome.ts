import { join, relative } from 'node:path';
import type { LocalCloud } from './cloud.ts';
import { sampleName } from './sample.ts';

/** The text that `npm start` prints: a command for each door, then all addresses. */
export function welcome(cloud: LocalCloud, tookMs: number): string {
  const areServicesUp = cloud.services.inline.pid() !== undefined;
  const rows = areServicesUp ? [...serviceRows(cloud), ...emulatorRows(cloud)] : emulatorRows(cloud);
  const sections = [
    `imagetx runs on this machine (${(tookMs / 1000).toFixed(1)} s)`,
    ...(areServicesUp ? doors(cloud) : []),
    rows.map(([what, where]) => `  ${what.padEnd(20)}${where}`).join('\n'),
    'Ctrl-C stops it.',
  ];
  return `${sections.join('\n\n')}\n`;
}

type Row = readonly [what: string, where: string];

function doors({ ports, dir }: LocalCloud): readonly string[] {
  const url = inlineUrl(ports);
  const state = here(dir);
  const local = state === '.local' ? '' : ` --local ${state}`;
  const rows: readonly Row[] = [
    [
      '1 inline: send a form, get a CDN URL',
      `curl -F name=logo2 -F format=jpg -F image=@logo.png ${url}/convert`,
    ],
    [
      '2 batch: upload, and say what to make of it',
      `npm run --silent imagetx -- put logo.png --name 1 --formats svg,jpg${local}`,
    ],
    [
      '3 on the fly: the operation is in the URL',
      `curl --data-binary @logo.png -o ${join(state, 'small.webp')} '${url}/resize?width=200&type=webp'`,
    ],
    ['  or in a browser, from the source bucket', `${url}/resize?file=${sampleName}&width=300`],
  ];
  return rows.map(([what, command]) => `  ${what}\n    ${command}`);
}

function serviceRows({ ports, urls }: LocalCloud): readonly Row[] {
  return [
    ['page to try it', inlineUrl(ports)],
    ['inline, on the fly', inlineUrl(ports)],
    ['converter, Fan', `${urls.converter}, ${urls.fan}`],
  ];
}

function emulatorRows({ urls, buckets, dir, viewer, caFile }: LocalCloud): readonly Row[] {
  return [
    ['CDN', `${urls.cdn} (curl --cacert ${here(caFile)})`],
    ['storage', `${urls.storage}, ${urls.storageTls}`],
    [
      'buckets',
      `gs://${buckets.source} -> Fan -> gs://${buckets.destination}, failures in gs://${buckets.records}`,
    ],
    ['Cloud Tasks (gRPC)', urls.tasks],
    ['OIDC issuer', urls.oidc],
    ...(viewer ? [['traces and metrics', viewer.url] as const] : []),
    ['gsutil, gcloud', `source ${here(join(dir, 'env'))}`],
    ['state and logs', `${here(dir)}, ${here(join(dir, 'logs'))}`],
  ];
}

const inlineUrl = ({ inline }: LocalCloud['ports']) => `http://localhost:${inline}`;

/** Relative to the current folder, unless that leads out of it. */
export function here(file: string): string {
  const path = relative('', file);
  return path.startsWith('..') ? file : path;
}
