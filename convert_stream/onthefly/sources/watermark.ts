import { Problem } from '../../../common/problem.ts';
import { operationNamed, type Step, sniff } from '../../../engine/catalog.ts';
import type { FetchImage } from '../../../engine/index.ts';
import type { Flight } from '../response/single_flight.ts';
import type { Remote } from './remote/index.ts';
import { sampleLogo, sampleLogoUrl } from './sample_logo.ts';

const watermarkProblem = (message: string, cause?: unknown): Problem =>
  new Problem('remote_failed', message, cause === undefined ? {} : { cause });

/** A URL without name and password, for messages. */
const withoutUserinfo = (url: string): string => url.replace(/^([^/?#]*\/*)[^/?#]*@/, '$1');

function checkPicture(bytes: Buffer): void {
  if (bytes.length === 0) throw watermarkProblem('Unable to read watermark image');
  try {
    sniff(bytes);
  } catch (cause) {
    throw watermarkProblem('Unsupported image format', cause);
  }
}

/**
 * Fetches the picture of a watermark with the same checks as any other, but without headers of the client.
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
      throw watermarkProblem(`Unable to retrieve watermark image. ${withoutUserinfo(url)}${why}`, cause);
    });
    checkPicture(bytes);
    return bytes;
  };

/** The URLs of watermarks that steps name. */
const watermarkUrls = (steps: readonly Step[]): readonly string[] =>
  steps.flatMap(({ operation, params: { image } }) =>
    image && operationNamed(operation).fields.includes('image') ? [image] : [],
  );

/** Fetches the watermarks before the conversion takes a slot: no slot may wait for a slow remote server. */
export async function prefetch(steps: readonly Step[], fetchImage: FetchImage): Promise<FetchImage> {
  const urls = new Set(watermarkUrls(steps));
  if (urls.size === 0) return fetchImage;
  const fetches = new Map([...urls].map((url) => [url, fetchImage(url)]));
  await Promise.allSettled(fetches.values());
  return async (url) => await (fetches.get(url) ?? fetchImage(url));
}
