import { join, relative } from 'node:path';
import type { LocalCloud } from './cloud.ts';

/** What `npm start` prints: where everything is, and three commands to try. */
export function welcome(cloud: LocalCloud, tookMs: number): string {
  const areServicesUp = cloud.services.inline.pid() !== undefined;
  const parts = [...(areServicesUp ? serviceRows(cloud) : []), ...standInRows(cloud)];
  const sections = [
    `imagetx runs on this machine (${(tookMs / 1000).toFixed(1)} s)`,
    parts.map(([what, where]) => `  ${what.padEnd(24)}${where}`).join('\n'),
    areServicesUp ? `Try\n\n${commands(cloud)}` : `  source ${here(join(cloud.dir, 'env'))}`,
    'Ctrl-C stops it.',
  ];
  return `${sections.join('\n\n')}\n`;
}

type Row = readonly [what: string, where: string];

function serviceRows({ ports, urls }: LocalCloud): readonly Row[] {
  return [
    ['inline and on the fly', inlineUrl(ports)],
    ['converter, Fan', `${urls.converter}, ${urls.fan}`],
  ];
}

function standInRows({ urls, buckets, dir, seen }: LocalCloud): readonly Row[] {
  return [
    ['CDN', urls.cdn],
    ['storage', `${urls.storage} and ${urls.storageTls}`],
    [
      'buckets',
      `gs://${buckets.source} -> Fan -> gs://${buckets.destination}, failures in gs://${buckets.records}`,
    ],
    ['Cloud Tasks (gRPC)', urls.tasks],
    ['OIDC issuer', urls.oidc],
    ...(seen ? [['traces and metrics', seen.url] as const] : []),
    ['state and logs', `${here(dir)}, ${here(join(dir, 'logs'))}`],
  ];
}

function commands({ ports, urls, buckets, caFile, dir }: LocalCloud): string {
  const metadata = '-h x-goog-meta-name:1 -h x-goog-meta-formats:svg,jpg';
  return [
    `curl -s -X POST -F name=logo2 -F format=jpg -F image=@logo.png ${inlineUrl(ports)}/convert`,
    `curl --cacert ${here(caFile)} -o logo2.jpg ${urls.cdn}/logo2.jpg`,
    `source ${here(join(dir, 'env'))} && gsutil ${metadata} cp logo.png gs://${buckets.source}/`,
  ]
    .map((command) => `  ${command}`)
    .join('\n');
}

const inlineUrl = ({ inline }: LocalCloud['ports']) => `http://localhost:${inline}`;

/** Relative to the current folder, unless that leads out of it. */
function here(file: string): string {
  const path = relative('', file);
  return path.startsWith('..') ? file : path;
}
