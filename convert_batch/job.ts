import { createHash } from 'node:crypto';
import { describeParseError, type FieldTable, readFields, type ValuesOf } from '../common/field.ts';
import { Problem } from '../common/problem.ts';

/** One output to be made, as a task carries it: form-encoded, `format`, `source` and `name` being the first. */
export const jobFields = {
  format: { kind: 'string', required: true, doc: 'Format word of the output, lower-cased.', example: 'jpg' },
  source: { kind: 'string', required: true, doc: 'Name of the source object.', example: 'logo.png' },
  name: { kind: 'string', required: true, doc: 'Name of the output object.', example: '1.jpg' },
  bucket: { kind: 'string', default: '', doc: 'Bucket of the source; empty: the converter’s own.' },
  generation: {
    kind: 'string',
    default: '',
    pattern: /^\d{0,19}$/,
    expects: 'a generation of up to 19 digits',
    doc: 'Generation of the source; empty: whatever is there.',
  },
  params: {
    kind: 'string',
    default: '',
    doc: 'Parameters of the conversion as a query string.',
    example: 'width=640&quality=80',
  },
  outputs: {
    kind: 'string',
    default: '[]',
    doc: 'Names of all outputs of this source generation, as a JSON list.',
  },
  fault: { kind: 'string', default: '', doc: 'Why this output cannot be: only a failure record is made.' },
  naming: {
    kind: 'enum',
    values: ['given', 'default'],
    doc: 'Whether the name was given by the upload’s metadata, and may be shared with other sources, or is its default. Nothing: given.',
  },
  carry: {
    kind: 'string',
    doc: 'What the output takes over from its source, as JSON: cacheControl, contentDisposition, contentLanguage, metadata.',
  },
  attempt: {
    kind: 'int',
    min: 0,
    default: 0,
    doc: 'Number of the order by hand, larger each time; 0: the upload itself.',
  },
  traceparent: { kind: 'string', default: '', doc: 'Trace of the upload, in the form of W3C.' },
} as const satisfies FieldTable;

export type Job = ValuesOf<typeof jobFields>;

/** The body of the job's task. Defaults are left out. */
export function jobBody(job: Job): string {
  const table: FieldTable = jobFields;
  const set = Object.entries(job).filter(([name, value]) => value !== table[name]?.default);
  return new URLSearchParams(set.map(([name, value]): [string, string] => [name, String(value)])).toString();
}

/** A job from a task's body. @throws Problem `invalid_param` or `missing_param`. */
export function jobOf(body: string): Job {
  const { values, errors } = readFields(jobFields, new URLSearchParams(body), 'exact');
  const [error] = errors;
  if (error) throw new Problem('invalid_param', describeParseError(error));
  for (const name of ['format', 'source', 'name'] as const) {
    if (!values[name])
      throw new Problem('missing_param', `${name}: expected ${jobFields[name].doc} Got nothing`);
  }
  return values;
}

/** Names of all outputs of the job's source generation, its own among them. */
export function outputsOf({ outputs, name }: Job): readonly string[] {
  try {
    const names: unknown = JSON.parse(outputs);
    const texts = Array.isArray(names) ? names.filter((one) => typeof one === 'string') : [];
    return texts.includes(name) ? texts : [...texts, name];
  } catch {
    return [name];
  }
}

/** What an output takes over from its source. */
export interface Carried {
  readonly cacheControl?: string;
  readonly contentDisposition?: string;
  readonly contentLanguage?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** @throws Problem `invalid_param` when the job says it otherwise than Fan does. */
export function carriedOf({ carry }: Pick<Job, 'carry'>): Carried {
  if (!carry) return {};
  try {
    return JSON.parse(carry) as Carried;
  } catch (cause) {
    throw new Problem('invalid_param', `carry: expected JSON, got ${JSON.stringify(carry)}`, { cause });
  }
}

/**
 * The name of the job's task: the same for the same output of the same generation with the same options, so
 * that an event delivered again makes no second task. An order by hand has a name of its own.
 */
export function jobId({ bucket, source, generation, name, format, params, fault, attempt }: Job): string {
  const facts = [bucket, source, generation, name, format, params, fault, ...(attempt > 0 ? [attempt] : [])];
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex');
}
