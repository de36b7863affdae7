import type { Task } from '../cloud/tasks.ts';
import { parseTraceparent } from '../common/telemetry/propagation.ts';
import { withoutTrailingSlash } from '../common/url.ts';
import { type Job, jobBody, jobId } from './job.ts';

/** The `traceparent` of a new trace; `randomHex(n)` makes n random bytes in hexadecimal. */
export const newTraceparent = (randomHex: (bytes: number) => string): string =>
  `00-${randomHex(16)}-${randomHex(8)}-01`;

/** The trace in the headers of W3C and of Google. */
function traceHeaders(traceparent: string): Readonly<Record<string, string>> {
  const span = parseTraceparent(traceparent);
  if (!span) return {};
  const google = `${span.traceId}/${BigInt(`0x${span.spanId}`)};o=${span.traceFlags & 1}`;
  return { traceparent, 'X-Cloud-Trace-Context': google };
}

/** The task of a job. Its name depends on the job alone, so that a repeated event creates no second task. */
export const taskFor = (job: Job, runUrl: string): Task => ({
  id: jobId(job),
  key: job.name,
  url: `${withoutTrailingSlash(runUrl)}/convert`,
  headers: { 'content-type': 'application/x-www-form-urlencoded', ...traceHeaders(job.traceparent) },
  body: jobBody(job),
});
