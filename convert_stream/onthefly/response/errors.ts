import { Problem, type ProblemCode } from '../../../common/problem.ts';

const while_ = 'Error while processing the image: ';

/** What the engine says, in the words that Imaginary's clients know; other messages get its prefix. */
const known: Partial<Readonly<Record<ProblemCode, string>>> = {
  missing_image: 'Empty or unreadable image',
  unsupported_input: 'Unsupported media type',
  too_many_pixels: 'Image resolution is too big',
  unsupported_output: `${while_}Unsupported image output type`,
};

/** The same by the reason of a Problem, where one code has several messages. */
const byReason: Readonly<Record<string, string>> = {
  area_too_large: `${while_}Maximum image size exceeded`,
  area_outside: `${while_}extract_area: bad extract area`,
  watermark_empty: `${while_}Unable to read watermark image`,
  watermark_unreadable: `${while_}Unsupported image format`,
};

/** Codes that are not about this image. */
const bare: ReadonlySet<ProblemCode> = new Set([
  'internal',
  'not_implemented',
  'too_busy',
  'storage_unavailable',
]);

/** A failure of the operation itself, as it is told to the client. */
export function processingProblem(error: unknown): unknown {
  if (!(error instanceof Problem) || bare.has(error.code)) return error;
  const { status, retryAfter } = error;
  const message = byReason[error.reason ?? ''] ?? known[error.code] ?? `${while_}${error.message}`;
  return new Problem(error.code, message, {
    cause: error,
    status: error.code === 'remote_failed' ? 400 : status,
    ...(retryAfter === undefined ? {} : { retryAfter }),
  });
}

/** The body of an error: one line, as it also stands in the header `Error` of a placeholder. */
export const errorBody = ({ message, status }: Problem): string =>
  JSON.stringify({ message: message.replaceAll(/[\r\n]+/g, ''), status });

/** JSON in ASCII: what a header may hold. */
export const errorHeader = (problem: Problem): string =>
  errorBody(problem).replace(
    /[^\x20-\x7e]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** HTTP has no answer for what a remote server's 204 means here; the body still tells it. */
export const httpStatus = ({ status }: Problem): number => (status >= 400 && status <= 511 ? status : 503);
