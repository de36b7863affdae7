import { storageFields } from '../../cloud/settings.ts';
import type { FieldTable, ValuesOf } from '../../common/field.ts';
import { gateFields } from '../../common/gate.ts';
import { Problem } from '../../common/problem.ts';
import { serverFields, url } from '../../common/settings.ts';
import { telemetryFields } from '../../common/telemetry/settings.ts';
import { limitFields } from '../../engine/settings.ts';
import { onTheFlyFields } from './onthefly.ts';

/** Where the service listens, who may use it, and how long it takes its leave. */
const serviceFields = {
  ...serverFields,
  PORT: { ...serverFields.PORT, flag: 'p' },
  HOST: { ...serverFields.HOST, flag: 'a' },
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
    doc: 'What clients must send as header `API-Key`, as parameter `key`, or as field `key` of a form, before its file. Without it anyone may use the service.',
  },
  REQUIRE_AUTH: {
    kind: 'bool',
    doc: 'true: refuses to start unless an API key or URL signatures are required. false: open on purpose. Default: warns.',
  },
} as const satisfies FieldTable;

/** How much work is taken on at a time. */
const loadFields = {
  ...gateFields,
  CONVERSIONS: { ...gateFields.CONVERSIONS, flag: 'cpus' },
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
    doc: 'How long an upload may pause before it is given up with 408. Where a key is required and the head has none, the key has to come within this time.',
  },
  UPLOAD_MIN_RATE: {
    kind: 'int',
    unit: 'bytes a second',
    min: 0,
    default: 1024,
    doc: 'Slowest upload: one that brings less over a whole UPLOAD_IDLE_MS, the first not counted, is given up with 408. A phone on a bad 3G line brings several times as much. 0: no limit.',
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
    doc: 'Public base URL of the bucket. The response is `CDN_URL/name.format`; without CDN_URL it is the picture.',
    example: 'https://img.example.org',
  },
  ...storageFields,
  IMMUTABLE_NAMES: {
    kind: 'bool',
    default: false,
    doc: 'Outputs whose name ends in a content hash (`-` or `.` and 8 to 64 hexadecimal digits) are cached for a year, as immutable.',
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
  const { PLACEHOLDER_STATUS: status } = config;
  if (status > 0 && status < 200)
    throw new Problem('invalid_param', `PLACEHOLDER_STATUS: expected 0, or 200 to 599, got ${status}`);
}
