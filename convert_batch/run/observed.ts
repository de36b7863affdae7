import type { Facts } from '../../common/log.ts';
import { recordJob } from '../../common/telemetry/job.ts';
import { type Attributes, currentSpan } from '../../common/telemetry/spans.ts';

/** Facts of a job's line that its span shows too. */
const shown = [
  'event',
  'output',
  'filetype',
  'input',
  'bytesIn',
  'bytes',
  'width',
  'height',
  'pixels',
] as const;

/** Counts a finished attempt by the facts of its log line, and shows them on its span. */
export function observed(facts: Facts): void {
  recordJob(facts);
  const span = currentSpan();
  span.set(Object.fromEntries(shown.map((name) => [name, facts[name]])) as Attributes);
  if (facts.code !== undefined) span.fail(String(facts.code));
}
