import { Problem } from '../../../common/problem.ts';
import { operationNamed, type Step, sniff } from '../../../engine/catalog.ts';
import type { FetchImage } from '../../../engine/index.ts';
import type { Flight } from '../response/single_flight.ts';
import type { Remote } from './remote/index.ts';
import { sampleLogo, sampleLogoUrl } from './sample_logo.ts';

const failed = (message: string, cause?: unknown): Problem =>
  new Problem('remote_failed', message, cause === undefined ? {} : { cause });

/** A URL as messages may show it. */
const withoutUserinfo = (url: string): string => url.replace(/^([^/?#]*\/*)[^/?#]*@/, '$1');

function checkPicture(bytes: Buffer): void {
  if (bytes.length === 0) throw failed('Unable to read watermark image');
  try {
    sniff(bytes);
  } catch (cause) {
    throw failed('Unsupported image format', cause);
  }
}

/**
 * Fetches the picture of a watermark: under the same checks as any other, without headers of the client.
 * @throws Problem `remote_failed`.
 */
export const watermarkFetcher =
  (remote: () => Promise<Remote>) =>
  ({ reservation, signal }: Flight): FetchImage =>
  async (url) => {
    if (url === sampleLogoUrl) return sampleLogo;
    const { fetch } = await remote();
    const { bytes } = await fetch(url, { headers: {}, reservation, signal }).catch((cause: unknown) => {
      const why = cause instanceof Problem ? ` (${cause.message})` : '';
      throw failed(`Unable to retrieve watermark image. ${withoutUserinfo(url)}${why}`, cause);
    });
    checkPicture(bytes);
    return bytes;
  };

/** The pictures that steps name. */
const named = (steps: readonly Step[]): readonly string[] =>
  steps.flatMap(({ operation, params: { image } }) =>
    image && operationNamed(operation).fields.includes('image') ? [image] : [],
  );

/** Fetches what steps name before a conversion takes a place, which nobody may hold while a far server is slow. */
export async function fetchedFirst(steps: readonly Step[], fetchImage: FetchImage): Promise<FetchImage> {
  const fetches = new Map([...new Set(named(steps))].map((url) => [url, fetchImage(url)]));
  await Promise.allSettled(fetches.values());
  return async (url) => await (fetches.get(url) ?? fetchImage(url));
}
