import { storageFields } from '../../cloud/settings.ts';
import type { FieldTable, ValuesOf } from '../../common/fields/field.ts';
import { gateFields } from '../../common/gate.ts';
import { Problem } from '../../common/problem.ts';
import { serverFields, url } from '../../common/settings.ts';
import { checkMetricsPort, metricsFields, telemetryFields } from '../../common/telemetry/settings.ts';
import { limitFields } from '../../engine/settings.ts';
import { directFields } from './direct.ts';
import { onTheFlyFields } from './onthefly.ts';

/** Addresses, doors and access. */
const serviceFields = {
  ...serverFields,
  PORT: { ...serverFields.PORT, flag: 'p' },
  HOST: { ...serverFields.HOST, flag: 'a' },
  DOORS: {
    kind: 'list',
    values: ['inline', 'onthefly'],
    default: ['inline', 'onthefly'],
    doc: 'The doors that are open.',
    example: 'inline',
  },
  API_KEY: {
    kind: 'string',
    secret: true,
    flag: 'key',
    doc: 'Key that clients must send as header `API-Key`, as parameter `key`, or as field `key` of a form, before its file. Without it anyone may use the service.',
  },
  REQUIRE_AUTH: {
    kind: 'bool',
    doc: 'true: refuses to start unless an API key or URL signatures are required. false: open on purpose. Default: warns.',
  },
} as const satisfies FieldTable;

/** Limits on the work of all requests together. */
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
    doc: 'Memory budget for request bodies, fetched pictures and outputs of all requests together; when it is exhausted, the answer is 503.',
  },
  WARM_CODECS: {
    kind: 'bool',
    doc: 'Loads ImageMagick (for HEIC and others), where it is installed, a second after the start, and keeps it: the first such picture then takes half a second less. Takes 140 MB of memory. Default: where there is 1 GiB of memory or more.',
  },
  UPLOAD_IDLE_MS: {
    kind: 'int',
    unit: 'milliseconds',
    min: 1,
    default: 10_000,
    doc: 'Longest pause of an upload before the answer is 408. If a key is required and the request head has none, the key must arrive within this time.',
  },
  UPLOAD_MIN_RATE: {
    kind: 'int',
    unit: 'bytes a second',
    min: 0,
    default: 1024,
    doc: 'Slowest upload: the answer is 408 when fewer bytes arrive over a whole UPLOAD_IDLE_MS, the first one excepted. A phone on a bad 3G line is several times as fast. 0: no limit.',
  },
} as const satisfies FieldTable;

/** The destination of inline outputs. */
const outputFields = {
  DEST_BUCKET_NAME: {
    kind: 'string',
    doc: 'Bucket of the outputs. Without it the answer is the picture, and nothing is stored.',
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
  ...directFields,
  ...limitFields,
  ...onTheFlyFields,
  ...telemetryFields,
  ...metricsFields,
} as const satisfies FieldTable;

export type StreamConfig = ValuesOf<typeof streamFields>;

/** Settings of a running service, whose number of conversions is known. */
export type ServeConfig = StreamConfig & { readonly CONVERSIONS: number };

/** Checks settings against each other. @throws Problem `invalid_param`. */
export function checkConfig(config: StreamConfig): void {
  if (config.DOORS.includes('inline') && config.CDN_URL && !config.DEST_BUCKET_NAME) {
    throw new Problem('invalid_param', 'CDN_URL: expected DEST_BUCKET_NAME to be set too, got nothing');
  }
  checkMetricsPort(config);
  if (config.SOURCES_TTL > 0 && !config.RESULTS)
    throw new Problem('invalid_param', 'SOURCES_TTL: expected RESULTS to be set too, got nothing');
  if (config.ONLY_PRESETS && !config.PRESETS)
    throw new Problem('invalid_param', 'ONLY_PRESETS: expected PRESETS to be set too, got nothing');
  const { PLACEHOLDER_STATUS: status } = config;
  if (status > 0 && status < 200)
    throw new Problem('invalid_param', `PLACEHOLDER_STATUS: expected 0, or 200 to 599, got ${status}`);
}
