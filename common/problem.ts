/** HTTP status of each code. `retry`: whether the same request may succeed later, so that a queue retries it. */
const table = {
  invalid_param: { status: 400, retry: false },
  missing_param: { status: 400, retry: false },
  missing_image: { status: 400, retry: false },
  corrupt_image: { status: 400, retry: false },
  missing_encoder: { status: 400, retry: false },
  unsupported_output: { status: 400, retry: false },
  output_too_large: { status: 400, retry: false },
  remote_failed: { status: 400, retry: false },
  unauthorized: { status: 401, retry: false },
  forbidden: { status: 403, retry: false },
  not_found: { status: 404, retry: false },
  method_not_allowed: { status: 405, retry: false },
  missing_decoder: { status: 406, retry: false },
  unsupported_input: { status: 406, retry: false },
  upload_timeout: { status: 408, retry: false },
  superseded: { status: 409, retry: false },
  name_taken: { status: 409, retry: false },
  too_large: { status: 413, retry: false },
  too_many_pixels: { status: 422, retry: false },
  unprocessable: { status: 422, retry: false },
  conversion_timeout: { status: 422, retry: false },
  rate_limited: { status: 429, retry: true },
  internal: { status: 500, retry: true },
  not_implemented: { status: 501, retry: false },
  too_busy: { status: 503, retry: true },
  storage_unavailable: { status: 503, retry: true },
  queue_unavailable: { status: 503, retry: true },
} as const;

export type ProblemCode = keyof typeof table;

/** All codes, for metric labels and documentation. */
export const problemCodes = Object.keys(table) as readonly ProblemCode[];

export interface ProblemOptions {
  readonly cause?: unknown;
  /** Replaces the table's HTTP status, for a remote server's status that is passed on. */
  readonly status?: number;
  /** A finer name of the case than the code, for a door that has its own words for it; never shown. */
  readonly reason?: string;
  /** Seconds until the client may try again; sent as Retry-After. */
  readonly retryAfter?: number;
}

/** Messages quote input, which may be a megabyte long, and are sent in headers, logs and records. */
const maxCharacters = 2_000;
const clipped = (text: string): string =>
  text.length > maxCharacters ? `${text.slice(0, maxCharacters)}...` : text;

/** The only error class. Its message is public: it names the thing, the expected and the actual value. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly status: number;
  /** Whether the same request may succeed later. */
  readonly retry: boolean;
  readonly retryAfter: number | undefined;
  readonly reason: string | undefined;

  constructor(code: ProblemCode, message: string, options: ProblemOptions = {}) {
    super(clipped(message), options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'Problem';
    this.code = code;
    this.status = options.status ?? table[code].status;
    this.retry = table[code].retry;
    this.retryAfter = options.retryAfter;
    this.reason = options.reason;
  }
}

/** Turns any thrown value into a Problem. Other errors become `internal`; their text stays in the cause only. */
export const asProblem = (error: unknown): Problem =>
  error instanceof Problem ? error : new Problem('internal', 'Internal error', { cause: error });

/** Whether the error is a Problem with one of these codes. */
export const isProblem = (error: unknown, ...codes: readonly ProblemCode[]): error is Problem =>
  error instanceof Problem && codes.includes(error.code);

/** The first line of an error's message, or of any other thrown value as text. */
export const firstLine = (error: unknown): string =>
  String((error as { readonly message?: unknown } | undefined)?.message ?? error).split('\n', 1)[0] ?? '';
