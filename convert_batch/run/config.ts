import type { FieldTable, ValuesOf } from '../../common/field.ts';
import { telemetryFields } from '../../common/telemetry/settings.ts';
import { limitFields } from '../../engine/limits.ts';

const url = { pattern: /^https?:\/\/[^\s?#]+$/, expects: 'an http or https URL without query' } as const;

/** Where the converter listens and how it takes its leave. */
const serviceFields = {
  PORT: { kind: 'int', min: 0, max: 65_535, default: 8080, doc: 'Port to listen on; 0 takes a free one.' },
  HOST: {
    kind: 'string',
    doc: 'Address to listen on; `0.0.0.0` is all. Default: all on Cloud Run, loopback elsewhere.',
  },
  K_SERVICE: { kind: 'string', doc: 'Set by Cloud Run: the name of the service.' },
  PROJECT_ID: { kind: 'string', required: true, doc: 'The Google Cloud project.' },
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
    doc: 'How long running jobs may take after SIGTERM.',
  },
} as const satisfies FieldTable;

/** Who may call, and how that is known. */
const callerFields = {
  RUN_URL: { kind: 'string', ...url, required: true, doc: 'URL of this service.' },
  RUN_AUDIENCE: { kind: 'string', doc: 'Audience that tokens must be for. Default: `RUN_URL`.' },
  SERVICE_ACCOUNT: {
    kind: 'list',
    required: true,
    doc: 'Accounts that may call: that of the queue’s tasks, by e-mail address.',
  },
  OIDC_ISSUERS: {
    kind: 'list',
    default: ['https://accounts.google.com', 'accounts.google.com'],
    doc: 'Issuers whose tokens count.',
  },
  OIDC_JWKS_URI: {
    kind: 'string',
    ...url,
    default: 'https://www.googleapis.com/oauth2/v3/certs',
    doc: 'Where the issuers’ keys are.',
  },
  IAM_VERIFIED: {
    kind: 'bool',
    default: false,
    doc: 'Cloud Run’s IAM stands in front, has verified the token’s signature and taken it away. Claims are checked all the same. Only where nothing else can reach the service.',
  },
} as const satisfies FieldTable;

/** Where objects come from and go to. */
const objectFields = {
  SRC_BUCKET_NAME: {
    kind: 'string',
    required: true,
    doc: 'Bucket of the sources; jobs for another are refused.',
  },
  DEST_BUCKET_NAME: { kind: 'string', required: true, doc: 'Bucket of the outputs.' },
  RECORDS_BUCKET: {
    kind: 'string',
    required: true,
    doc: 'Private bucket of failure records and manifests.',
  },
  CACHE_CONTROL: {
    kind: 'string',
    default: 'public, max-age=300, stale-while-revalidate=86400',
    doc: 'Cache header of outputs.',
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
  MANIFEST: {
    kind: 'bool',
    default: false,
    doc: 'Keeps `_manifest/<source>.json` in the records bucket: outputs of the newest generation, their sizes and states.',
  },
  DELETE_SOURCE: {
    kind: 'bool',
    default: false,
    doc: 'Deletes a source once all of its outputs are there. Needs the role to delete objects of the source bucket.',
  },
  STORAGE_EMULATOR_HOST: {
    kind: 'string',
    ...url,
    doc: 'Where Cloud Storage is. Default: at Google.',
    example: 'http://127.0.0.1:4443',
  },
} as const satisfies FieldTable;

/** How much work is taken on at a time, and when it is given up. */
const loadFields = {
  CONVERSIONS: {
    kind: 'int',
    min: 1,
    max: 1024,
    doc: 'Conversions that run at a time. Default: the number of cores.',
  },
  WAITING_PER_CONVERSION: {
    kind: 'int',
    min: 0,
    default: 8,
    doc: 'Jobs that may wait, for each conversion that may run.',
  },
  WAIT_MS: {
    kind: 'int',
    unit: 'milliseconds',
    min: 0,
    default: 60_000,
    doc: 'How long a job may wait before it is sent back to the queue with 503.',
  },
  MAX_INPUT_BYTES: {
    kind: 'int',
    unit: 'bytes',
    min: 1,
    default: 200 * 1024 * 1024,
    doc: 'Largest source.',
  },
  MAX_ATTEMPTS: {
    kind: 'int',
    min: 1,
    default: 8,
    doc: 'Attempts the queue makes. From this one on a failure that may pass is recorded too.',
  },
} as const satisfies FieldTable;

/** Every setting of the converter. */
export const converterFields = {
  ...serviceFields,
  ...callerFields,
  ...objectFields,
  ...loadFields,
  ...limitFields,
  ...telemetryFields,
  CONVERSION_SECONDS: { ...limitFields.CONVERSION_SECONDS, default: 120 },
} as const satisfies FieldTable;

export type ConverterConfig = ValuesOf<typeof converterFields>;
