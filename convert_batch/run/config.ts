import { storageFields } from '../../cloud/settings.ts';
import type { FieldTable, ValuesOf } from '../../common/field.ts';
import { gateFields } from '../../common/gate.ts';
import { serverFields, url } from '../../common/settings.ts';
import { telemetryFields } from '../../common/telemetry/settings.ts';
import { limitFields } from '../../engine/settings.ts';
import { recordFields } from '../record.ts';

/** Where the converter listens and how it takes its leave. */
const serviceFields = {
  ...serverFields,
  PROJECT_ID: { ...serverFields.PROJECT_ID, required: true },
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
  ...recordFields,
  ...storageFields,
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
} as const satisfies FieldTable;

/** How much work is taken on at a time, and when it is given up. */
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
