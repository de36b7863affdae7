import type { FieldTable, ValuesOf } from '../../common/field.ts';
import { Problem } from '../../common/problem.ts';
import { programFields, url } from '../../common/settings.ts';
import { telemetryFields } from '../../common/telemetry/settings.ts';

/** Which objects are converted, to what where they do not say it themselves, and how outputs are called. */
export const choiceFields = {
  DEFAULT_FORMATS: {
    kind: 'list',
    default: [],
    doc: 'Formats of objects without metadata `formats`. Default: such objects are left alone.',
    example: 'webp,avif',
  },
  DEFAULT_SIZES: {
    kind: 'list',
    default: [],
    doc: 'Widths of objects without metadata `sizes`, in pixels.',
    example: '320,640',
  },
  DEFAULT_PARAMS: {
    kind: 'string',
    default: '',
    doc: 'Conversion parameters of objects without metadata `params`, as a query string.',
    example: 'quality=70',
  },
  INCLUDE: {
    kind: 'list',
    default: [],
    doc: 'Objects that are converted, by patterns of their names: `*` stays in a folder, `**` does not. Default: all.',
    example: 'photos/**',
  },
  EXCLUDE: { kind: 'list', default: [], doc: 'Objects that are not, even if included.', example: '**/*.tmp' },
  MAX_OUTPUTS: { kind: 'int', min: 1, max: 300, default: 100, doc: 'Most outputs of one object.' },
  NAMES: {
    kind: 'enum',
    values: ['stem', 'full'],
    default: 'stem',
    doc: 'How the outputs of an object without metadata `name` are called. stem: as the object without a picture’s extension, `logo.webp`, so that logo.png and logo.gif want the same output and the second gets a failure record. full: as the whole object, `logo.png.webp`, which no other object wants.',
  },
  CARRY_METADATA: {
    kind: 'list',
    default: [],
    doc: 'Names of custom metadata that outputs take over from their source; `*`: all that is no order of ours. Outputs are public where the bucket is. Cache-Control, Content-Disposition and Content-Language are always taken over.',
    example: 'alt,owner',
  },
} as const satisfies FieldTable;

/** Where tasks go. */
const queueFields = {
  ...programFields,
  PROJECT_ID: { ...programFields.PROJECT_ID, required: true },
  LOCATION: { kind: 'string', required: true, doc: 'Where the queue is.', example: 'us-central1' },
  QUEUE: { kind: 'string', default: 'q1', doc: 'Name of the queue.' },
  CLOUD_TASKS_ENDPOINT: {
    kind: 'string',
    ...url,
    doc: 'Where Cloud Tasks is; http is gRPC without TLS. Default: at Google.',
    example: 'http://127.0.0.1:8123',
  },
  RUN_URL: { kind: 'string', ...url, required: true, doc: 'URL of the converter.' },
  RUN_AUDIENCE: { kind: 'string', doc: 'Audience of the tokens that tasks carry. Default: `RUN_URL`.' },
  SERVICE_ACCOUNT: {
    kind: 'string',
    required: true,
    doc: 'Account in whose name the queue calls the converter.',
  },
  TASK_SECONDS: {
    kind: 'int',
    unit: 'seconds',
    min: 15,
    max: 1800,
    default: 600,
    doc: 'Longest attempt of a task.',
  },
  ENQUEUE_PARALLEL: { kind: 'int', min: 1, max: 100, default: 16, doc: 'Tasks that are made at a time.' },
} as const satisfies FieldTable;

/** Every setting of the function `Fan`. */
export const fanFields = {
  SRC_BUCKET_NAME: { kind: 'string', required: true, doc: 'Bucket whose uploads are converted.' },
  DEST_BUCKET_NAME: { kind: 'string', required: true, doc: 'Bucket of the outputs.' },
  DEST_PREFIX: {
    kind: 'string',
    default: '',
    doc: 'In front of every output’s name. Needed where both buckets are one: objects that begin with it trigger nothing.',
    example: 'converted/',
  },
  ...queueFields,
  ...choiceFields,
  ...telemetryFields,
} as const satisfies FieldTable;

export type FanConfig = ValuesOf<typeof fanFields>;

/** What of it says which outputs are made. */
export type FanSettings = Pick<
  FanConfig,
  | 'SRC_BUCKET_NAME'
  | 'DEST_BUCKET_NAME'
  | 'DEST_PREFIX'
  | 'DEFAULT_FORMATS'
  | 'DEFAULT_SIZES'
  | 'DEFAULT_PARAMS'
  | 'INCLUDE'
  | 'EXCLUDE'
  | 'MAX_OUTPUTS'
  | 'NAMES'
  | 'CARRY_METADATA'
>;

/** What must hold between settings. @throws Problem `invalid_param`. */
export function checkFanConfig({ SRC_BUCKET_NAME, DEST_BUCKET_NAME, DEST_PREFIX }: FanConfig): void {
  if (SRC_BUCKET_NAME === DEST_BUCKET_NAME && DEST_PREFIX === '') {
    throw new Problem(
      'invalid_param',
      `DEST_BUCKET_NAME: expected another bucket than SRC_BUCKET_NAME, or DEST_PREFIX set, got ${DEST_BUCKET_NAME} for both: outputs would trigger conversions without end`,
    );
  }
}
