import { Problem, type ProblemCode } from '../../../common/problem.ts';

const prefix = 'Error while processing the image: ';

export const unreadableImage = (cause?: unknown): Problem =>
  new Problem('missing_image', 'Empty or unreadable image', { cause });

/** The engine's errors in Imaginary's words, which clients know; other messages get Imaginary's prefix. */
const imaginaryMessages: Partial<Readonly<Record<ProblemCode, string>>> = {
  missing_image: 'Empty or unreadable image',
  too_many_pixels: 'Image resolution is too big',
  unsupported_output: `${prefix}Unsupported image output type`,
};

/** The same for the reason of a Problem, where one code has several messages. */
const byReason: Readonly<Record<string, string>> = {
  no_picture: 'Unsupported media type',
  area_too_large: `${prefix}Maximum image size exceeded`,
  area_outside: `${prefix}extract_area: bad extract area`,
  watermark_empty: `${prefix}Unable to read watermark image`,
  watermark_unreadable: `${prefix}Unsupported image format`,
};

/** Errors that do not concern the image; they get no prefix. */
const unprefixed: ReadonlySet<ProblemCode> = new Set([
  'internal',
  'missing_decoder',
  'not_implemented',
  'too_busy',
  'storage_unavailable',
]);

/** A failure of the operation, in Imaginary's words. */
export function processingProblem(error: unknown): unknown {
  if (!(error instanceof Problem) || unprefixed.has(error.code)) return error;
  const { status, retryAfter } = error;
  const begin = error.code === 'unsupported_input' ? 'Unsupported media type: ' : prefix;
  const message = byReason[error.reason ?? ''] ?? imaginaryMessages[error.code] ?? `${begin}${error.message}`;
  return new Problem(error.code, message, {
    cause: error,
    status: error.code === 'remote_failed' ? 400 : status,
    ...(retryAfter === undefined ? {} : { retryAfter }),
  });
}

/** The body of an error, in one line; a placeholder has it in the header `Error`. */
export const errorBody = ({ message, status }: Problem): string =>
  JSON.stringify({ message: message.replaceAll(/[\r\n]+/g, ''), status });

/** The same in ASCII, for a header. */
export const errorHeader = (problem: Problem): string =>
  errorBody(problem).replace(
    /[^\x20-\x7e]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** The HTTP status of an error. A remote server's 204 would be no error to the client; the body still contains it. */
export const httpStatus = ({ status }: Problem): number => (status >= 400 && status <= 511 ? status : 503);
