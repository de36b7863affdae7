import { Problem } from '../../../common/problem.ts';
import { readSample, type SampleName } from '../../../playground/bundle.ts';
import { pictureHeaders } from '../../http/answer.ts';
import type { Exchange } from '../../http/exchange.ts';

interface Sample {
  readonly name: SampleName;
  /** Name of the file, for commands and downloads: the local cloud has the photograph in its bucket under it. */
  readonly file: string;
  readonly label: string;
  readonly mime: string;
}

/** The pictures that the page starts with. */
export const samples: readonly Sample[] = [
  { name: 'photo', file: 'sample.jpg', label: 'Photo', mime: 'image/jpeg' },
  { name: 'logo', file: 'logo.png', label: 'Logo', mime: 'image/png' },
];

/** Sends a sample picture to the page. @throws Problem `not_found`. */
export async function sendSample({ res }: Exchange, name: string): Promise<void> {
  const sample = samples.find((one) => one.name === name);
  if (sample === undefined)
    throw new Problem('not_found', `picture: expected a sample, got ${JSON.stringify(name)}`);
  const data = await readSample(sample.name);
  res.setHeader('cache-control', 'public, max-age=3600');
  res.writeHead(200, { ...pictureHeaders(sample.mime), 'content-length': data.length }).end(data);
}
