import { storageFields } from '../../cloud/settings.ts';
import type { FieldTable, ValuesOf } from '../../common/fields/field.ts';
import { gateFields } from '../../common/gate.ts';
import { serverFields, url } from '../../common/settings.ts';
import { metricsFields, telemetryFields } from '../../common/telemetry/settings.ts';
import { limitFields } from '../../engine/settings.ts';
import { recordFields } from '../record.ts';

/** The converter's address and its shutdown. */
const serviceFields = {
  ...serverFields,
  PROJECT_ID: { ...serverFields.PROJECT_ID, required: true },
} as const satisfies FieldTable;

/** The callers, and how the converter verifies them. */
const callerFields = {
  RUN_URL: { kind: 'string', ...url, required: true, doc: 'URL of this service.' },
  RUN_AUDIENCE: { kind: 'string', doc: 'Expected audience of tokens. Default: `RUN_URL`.' },
  SERVICE_ACCOUNT: {
    kind: 'list',
    required: true,
    doc: 'Service accounts that may call the converter, by e-mail address: normally the one of the queue’s tasks.',
  },
  OIDC_ISSUERS: {
    kind: 'list',
    default: ['https://accounts.google.com', 'accounts.google.com'],
    doc: 'Accepted token issuers.',
  },
  OIDC_JWKS_URI: {
    kind: 'string',
    ...url,
    default: 'https://www.googleapis.com/oauth2/v3/certs',
    doc: 'URL of the issuers’ public keys.',
  },
  IAM_VERIFIED: {
    kind: 'bool',
    default: false,
    doc: 'Cloud Run’s IAM has verified and removed the token’s signature; the converter still checks the claims. Set it only if no request can bypass IAM.',
  },
} as const satisfies FieldTable;

/** The buckets, and what happens to sources and manifests. */
const objectFields = {
  SRC_BUCKET_NAME: {
    kind: 'string',
    required: true,
    doc: 'Bucket of the sources; the converter refuses jobs for other buckets.',
  },
  DEST_BUCKET_NAME: { kind: 'string', required: true, doc: 'Bucket of the outputs.' },
  ...recordFields,
  ...storageFields,
  MANIFEST: {
    kind: 'bool',
    default: false,
    doc: 'Keeps `_manifest/<source>.json` in the records bucket: sizes and states of the newest generation’s outputs.',
  },
  DELETE_SOURCE: {
    kind: 'bool',
    default: false,
    doc: 'Deletes a source when all of its outputs exist. Needs permission to delete objects in the source bucket.',
  },
} as const satisfies FieldTable;

/** Limits of concurrency, size and attempts. */
const loadFields = {
  ...gateFields,
  WAIT_MS: { ...gateFields.WAIT_MS, default: 60_000 },
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
    doc: 'The queue’s maximum number of attempts. After the last one, temporary failures are recorded too.',
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
  ...metricsFields,
  CONVERSION_SECONDS: { ...limitFields.CONVERSION_SECONDS, default: 120 },
} as const satisfies FieldTable;

export type ConverterConfig = ValuesOf<typeof converterFields>;
