import type { Attributes, Span } from '@opentelemetry/api';
import type { LogFields } from '../log/log.ts';
import { type Labels, labelValues } from './instruments.ts';
import { record } from './record.ts';
import { failSpan } from './spans.ts';

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const number = (value: unknown): number => (typeof value === 'number' ? value : 0);

/** Events of responses without a conversion. */
const savings: readonly string[] = labelValues.saved;

function recordConverted({ bytes, bytesIn, convertMs }: LogFields, labels: Labels): void {
  const outcome = { ...labels, outcome: 'converted' };
  record('mBytes/bytes', number(bytes), labels);
  record('imagetx/bytes_in', number(bytesIn), outcome);
  record('imagetx/bytes_out', number(bytes), outcome);
  if (convertMs !== undefined) record('imagetx/conversion_ms', number(convertMs), labels);
}

function recordFailed({ code, bytesIn }: LogFields, labels: Labels): void {
  record('imagetx/failures', 1, { ...labels, code: text(code) });
  if (bytesIn !== undefined) record('imagetx/bytes_in', number(bytesIn), { ...labels, outcome: 'failed' });
}

/**
 * Derives the metrics of one finished job from the fields of its log line, so that logs and metrics always agree. Reads
 * `door`, `event`, `filetype`, `input`, `bytesIn`, `bytes`, `convertMs`, `code` and `retries`.
 */
export function recordJob(facts: LogFields): void {
  const { event, code, retries } = facts;
  const filetype = text(facts.filetype);
  const labels: Labels = { door: text(facts.door), filetype, output: filetype, input: text(facts.input) };
  if (number(retries) > 0) record('imagetx/retries', 1, labels);
  if (code !== undefined) recordFailed(facts, labels);
  else if (event === 'converted') recordConverted(facts, labels);
  else if (savings.includes(String(event))) record('imagetx/saved', 1, { ...labels, saved: String(event) });
}

/** Fields of the log line that become span attributes. None of a query, which may hold a key or a signature. */
const spanFields = [
  'door',
  'event',
  'operation',
  'name',
  'output',
  'filetype',
  'input',
  'bytesIn',
  'bytes',
  'width',
  'height',
  'pixels',
  'generation',
] as const;

/** Records the metrics of a finished job and sets the attributes of its span. */
export function observeJob(span: Span | undefined, facts: LogFields): void {
  recordJob(facts);
  span?.setAttributes(Object.fromEntries(spanFields.map((name) => [name, facts[name]])) as Attributes);
  if (span && facts.code !== undefined) failSpan(span, String(facts.code));
}
