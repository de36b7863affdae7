/** A refusal of the service. */
export class ImagetxError extends Error {
  override readonly name = 'ImagetxError';
  /** HTTP status; 0 where there was no answer. */
  readonly status: number;
  /** Seconds after which the same request may succeed. */
  readonly retryAfter: number | undefined;

  constructor(status: number, message: string, retryAfter?: number) {
    super(message);
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

/** The sentence of a refusal, which is JSON, or plain text. */
export function messageOf(text: string, status: number): string {
  try {
    return JSON.parse(text).message ?? text;
  } catch {
    return text.trim() || `the service answered ${status}`;
  }
}
