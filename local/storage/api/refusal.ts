const reasons: Readonly<Record<number, string>> = {
  304: 'notModified',
  400: 'invalid',
  404: 'notFound',
  405: 'methodNotAllowed',
  409: 'conflict',
  412: 'conditionNotMet',
  416: 'requestedRangeNotSatisfiable',
  499: 'clientClosedRequest',
};

/** An error response with Cloud Storage's status and reason. */
export type Refusal = Error & { readonly status: number; readonly reason: string };

export function refusal(status: number, message: string): Refusal {
  return Object.assign(new Error(message), { status, reason: reasons[status] ?? 'backendError' });
}

/** Turns any error into a response. Errors other than refusals are our own defects: 500. */
export function asRefusal(error: unknown): Refusal {
  if (error instanceof Error && 'status' in error && 'reason' in error) return error as Refusal;
  if (/^Z_(DATA|BUF)_ERROR$/.test(String((error as { readonly code?: unknown } | undefined)?.code)))
    return refusal(400, 'the body is not the gzip that its Content-Encoding says');
  return refusal(500, error instanceof Error ? error.message : String(error));
}
