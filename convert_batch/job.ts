import { createHash } from 'node:crypto';
import { describeParseError, type FieldTable, readFields, type ValuesOf } from '../common/fields/field.ts';
import { Problem } from '../common/problem.ts';
import { isRecord, servedHeaders } from './source.ts';

/** The fields of a task's body, form-encoded: one output to make. */
const jobFields = {
  format: { kind: 'string', required: true, doc: 'Format word of the output, lower-cased.', example: 'jpg' },
  source: { kind: 'string', required: true, doc: 'Name of the source object.', example: 'logo.png' },
  name: { kind: 'string', required: true, doc: 'Name of the output object.', example: '1.jpg' },
  bucket: { kind: 'string', default: '', doc: 'Bucket of the source; empty: the converter’s own.' },
  generation: {
    kind: 'string',
    default: '',
    pattern: /^\d{0,19}$/,
    expects: 'a generation of up to 19 digits',
    doc: 'Generation of the source; empty: the current one.',
  },
  params: {
    kind: 'string',
    default: '',
    doc: 'Parameters of the conversion as a query string.',
    example: 'width=640&quality=80',
  },
  steps: {
    kind: 'string',
    doc: 'Steps of a preset, as JSON: the preset as it was when the job was queued.',
  },
  placeholder: {
    kind: 'string',
    doc: 'Placeholders that the output’s metadata and the manifest get, as a comma-separated list.',
  },
  outputs: {
    kind: 'string',
    default: '[]',
    doc: 'Names of all outputs of this source generation, as a JSON list.',
  },
  fault: {
    kind: 'string',
    default: '',
    doc: 'Why the output cannot be made: the converter only writes a failure record.',
  },
  naming: {
    kind: 'enum',
    values: ['given', 'default'],
    doc: 'Whether the upload’s metadata gave the name, so that sources may share it, or it is the default. Absent: given.',
  },
  carry: {
    kind: 'string',
    doc: 'Headers and metadata that the output takes over from its source, as JSON: cacheControl, contentDisposition, contentLanguage, metadata.',
  },
  attempt: {
    kind: 'int',
    min: 0,
    default: 0,
    doc: 'Number of the run or retry that queued the job by hand, larger each time; 0: queued by the upload.',
  },
  traceparent: { kind: 'string', default: '', doc: 'Trace of the upload, as a W3C traceparent.' },
} as const satisfies FieldTable;

export type Job = ValuesOf<typeof jobFields>;

/** The body of the job's task, without defaults. */
export function jobBody(job: Job): string {
  const table: FieldTable = jobFields;
  const set = Object.entries(job).filter(([name, value]) => value !== table[name]?.default);
  return new URLSearchParams(set.map(([name, value]): [string, string] => [name, String(value)])).toString();
}

/** A job from a task's body. @throws Problem `invalid_param` or `missing_param`. */
export function parseJob(body: string): Job {
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

/** The headers and metadata that an output takes over from its source. */
export interface Carried {
  readonly cacheControl?: string;
  readonly contentDisposition?: string;
  readonly contentLanguage?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

const isTexts = (value: unknown): value is Readonly<Record<string, string>> =>
  isRecord(value) && Object.values(value).every((text) => typeof text === 'string');

function readCarried(carry: string): Carried | undefined {
  try {
    const { metadata = {}, ...rest } = JSON.parse(carry) as Readonly<Record<string, unknown>>;
    // Other fields would replace what the task decides, such as the bucket of the output.
    const headers = Object.fromEntries(
      servedHeaders.flatMap((name) => (rest[name] === undefined ? [] : [[name, rest[name]]])),
    );
    return isTexts(headers) && isTexts(metadata) ? { ...headers, metadata } : undefined;
  } catch {
    return undefined;
  }
}

/** @throws Problem `invalid_param` when the field is not JSON of headers and metadata. */
export function parseCarried({ carry }: Pick<Job, 'carry'>): Carried {
  const carried = carry ? readCarried(carry) : {};
  if (carried) return carried;
  const got = JSON.stringify(carry?.slice(0, 80));
  throw new Problem('invalid_param', `carry: expected headers and metadata as JSON, got ${got}`);
}

/**
 * The name of the job's task: the same for the same output of the same generation with the same options, so that a
 * repeated event creates no second task. A job that is queued by hand has a name of its own.
 */
export function jobId(job: Job): string {
  const { bucket, source, generation, name, format, params, steps, placeholder, fault, attempt } = job;
  const optional = [
    ...(steps ? [steps] : []),
    ...(placeholder ? [{ placeholder }] : []),
    ...(attempt > 0 ? [attempt] : []),
  ];
  const parts = [bucket, source, generation, name, format, params, fault, ...optional];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
