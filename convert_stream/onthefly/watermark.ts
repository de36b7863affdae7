import { Problem } from '../../common/problem.ts';
import type { FetchImage } from '../../engine/convert.ts';
import { sniff } from '../../engine/formats/index.ts';
import type { Remote } from './remote/index.ts';

const failed = (message: string, cause?: unknown): Problem =>
  new Problem('remote_failed', message, cause === undefined ? {} : { cause });

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
  (remote: () => Promise<Remote>): FetchImage =>
  async (url) => {
    const { fetch } = await remote();
    const { bytes } = await fetch(url, {}).catch((cause: unknown) => {
      const why = cause instanceof Problem ? ` (${cause.message})` : '';
      throw failed(`Unable to retrieve watermark image. ${url}${why}`, cause);
    });
    checkPicture(bytes);
    return bytes;
  };
