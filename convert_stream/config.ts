import type { FieldTable, ValuesOf } from '../common/field.ts';
import { Problem } from '../common/problem.ts';
import { telemetryFields } from '../common/telemetry/settings.ts';
import { limitFields } from '../engine/limits.ts';
import { onTheFlyFields } from './onthefly/settings.ts';

const url = { pattern: /^https?:\/\/[^\s?#]+$/, expects: 'an http or https URL without query' } as const;

/** Where the service listens, who may use it, and how long it takes its leave. */
const serviceFields = {
  PORT: {
    kind: 'int',
    min: 0,
    max: 65_535,
    default: 8080,
    flag: 'p',
    doc: 'Port to listen on; 0 takes a free one.',
  },
  HOST: {
    kind: 'string',
    flag: 'a',
    doc: 'Address to listen on; `0.0.0.0` is all. Default: all on Cloud Run, loopback elsewhere.',
  },
  K_SERVICE: { kind: 'string', doc: 'Set by Cloud Run: the name of the service.' },
  DOORS: {
    kind: 'list',
    values: ['inline', 'onthefly'],
    default: ['inline', 'onthefly'],
    doc: 'Which doors are open.',
    example: 'inline',
  },
  API_KEY: {
    kind: 'string',
    secret: true,
    flag: 'key',
    doc: 'What clients must send as header `API-Key` or parameter `key`. Without it anyone may use the service.',
  },
  REQUIRE_AUTH: {
    kind: 'bool',
    doc: 'true: refuses to start unless an API key or URL signatures are required. false: open on purpose. Default: warns.',
  },
  PROJECT_ID: { kind: 'string', doc: 'The Google Cloud project; log lines name their traces by it.' },
  LOG_LEVEL: {
    kind: 'enum',
    values: ['debug', 'info', 'warn', 'error', 'silent'],
    default: 'info',
    doc: 'The least severe log lines that are written; silent: none.',
  },
  DRAIN_MS: {
    kind: 'int',
    unit: 'milliseconds',
    min: 0,
    default: 9_000,
    doc: 'How long running requests may take after SIGTERM.',
  },
} as const satisfies FieldTable;

/** How much work is taken on at a time. */
const loadFields = {
  CONVERSIONS: {
    kind: 'int',
    flag: 'cpus',
    min: 1,
    max: 1024,
    doc: 'Conversions that run at a time. Default: the number of cores.',
  },
  WAITING_PER_CONVERSION: {
    kind: 'int',
    min: 0,
    default: 8,
    doc: 'Complete uploads that may wait, for each conversion that may run.',
  },
  WAIT_MS: {
    kind: 'int',
    unit: 'milliseconds',
    min: 0,
    default: 10_000,
    doc: 'How long an upload may wait before it is sent away with 503.',
  },
  MAX_INPUT_BYTES: {
    kind: 'int',
    unit: 'bytes',
    min: 1,
    default: 32 * 1024 * 1024,
    doc: 'Largest request body: Cloud Run takes 32 MiB. Larger pictures go through the batch door.',
  },
  MAX_BUFFERED_BYTES: {
    kind: 'int',
    unit: 'bytes',
    min: 1,
    default: 256 * 1024 * 1024,
    doc: 'Request bodies in memory, all requests together; beyond it the answer is 503.',
  },
  UPLOAD_IDLE_MS: {
    kind: 'int',
    unit: 'milliseconds',
    min: 1,
    default: 10_000,
    doc: 'How long an upload may pause before it is given up with 408.',
  },
} as const satisfies FieldTable;

/** Where outputs of the inline door go. */
const outputFields = {
  DEST_BUCKET_NAME: {
    kind: 'string',
    doc: 'Bucket of the outputs. Without it the answer is the picture and nothing is kept.',
    example: 'my-project-imagetx-dst',
  },
  CDN_URL: {
    kind: 'string',
    ...url,
    doc: 'What the bucket is reached by: answers are `CDN_URL/name.format`. Without it they are the picture.',
    example: 'https://img.example.org',
  },
  CACHE_CONTROL: {
    kind: 'string',
    default: 'public, max-age=300, stale-while-revalidate=86400',
    doc: 'Cache header of outputs.',
  },
  IMMUTABLE_NAMES: {
    kind: 'bool',
    default: false,
    doc: 'Outputs whose name ends in a content hash (`-` or `.` and 8 to 64 hexadecimal digits) are cached for a year, as immutable.',
  },
  PREDEFINED_ACL: {
    kind: 'enum',
    values: [
      'authenticatedRead',
      'bucketOwnerFullControl',
      'bucketOwnerRead',
      'private',
      'projectPrivate',
      'publicRead',
    ],
    exactCase: true,
    doc: 'Access list of outputs, for buckets without uniform access. Default: as the bucket says.',
  },
  STORAGE_EMULATOR_HOST: {
    kind: 'string',
    doc: 'Where Cloud Storage is. Default: at Google.',
    example: 'http://127.0.0.1:4443',
  },
} as const satisfies FieldTable;

/** Every setting of the inline and on-the-fly service. */
export const streamFields = {
  ...serviceFields,
  ...loadFields,
  ...outputFields,
  ...limitFields,
  ...onTheFlyFields,
  ...telemetryFields,
} as const satisfies FieldTable;

export type StreamConfig = ValuesOf<typeof streamFields>;

/** The settings of a service that runs: the number of conversions is known. */
export type ServeConfig = StreamConfig & { readonly CONVERSIONS: number };

/** Each setting is right by itself; this is what must hold between them. @throws Problem `invalid_param`. */
export function checkConfig(config: StreamConfig): void {
  if (config.DOORS.includes('inline') && config.CDN_URL && !config.DEST_BUCKET_NAME) {
    throw new Problem('invalid_param', 'CDN_URL: expected DEST_BUCKET_NAME to be set too, got nothing');
  }
}
