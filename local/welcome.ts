import { join, relative } from 'node:path';
import type { LocalCloud } from './cloud.ts';

/** What `npm start` prints: where everything is, and three commands to try. */
export function welcome(cloud: LocalCloud, tookMs: number): string {
  const { urls, buckets } = cloud;
  const here = (file: string) => (relative('', file).startsWith('..') ? file : relative('', file));
  const inline = `http://localhost:${cloud.ports.inline}`;
  const shell = join(cloud.dir, 'env');
  return `imagetx runs on this machine (${(tookMs / 1000).toFixed(1)} s)

  inline and on the fly   ${inline}
  CDN                     ${urls.cdn}
  storage                 ${urls.storage} and ${urls.storageTls}
                          gs://${buckets.source} -> Fan -> gs://${buckets.destination}, failures in gs://${buckets.records}
  Cloud Tasks (gRPC)      ${urls.tasks}
  OIDC issuer             ${urls.oidc}
  converter, Fan          ${urls.converter}, ${urls.fan}
  state and logs          ${here(cloud.dir)}, ${here(join(cloud.dir, 'logs'))}

Try

  curl -s -X POST -F name=logo2 -F format=jpg -F image=@logo.png ${inline}/convert
  curl --cacert ${here(cloud.caFile)} -o logo2.jpg ${urls.cdn}/logo2.jpg
  source ${here(shell)} && gsutil -h x-goog-meta-name:1 -h x-goog-meta-formats:svg,jpg cp logo.png gs://${buckets.source}/

Ctrl-C stops it.
`;
}
