import type { FieldTable } from './field.ts';

/** What a setting that is a URL must look like. */
export const url = {
  pattern: /^https?:\/\/[^\s?#]+$/,
  expects: 'an http or https URL without query',
} as const;

/** What every program has. */
export const programFields = {
  PROJECT_ID: { kind: 'string', doc: 'The Google Cloud project; log lines name their traces by it.' },
  K_SERVICE: { kind: 'string', doc: 'Set by Cloud Run: the name of the service.' },
  LOG_LEVEL: {
    kind: 'enum',
    values: ['debug', 'info', 'warn', 'error', 'silent'],
    default: 'info',
    doc: 'The least severe log lines that are written; silent: none.',
  },
} as const satisfies FieldTable;

/** What every program has that listens by itself. */
export const serverFields = {
  PORT: { kind: 'int', min: 0, max: 65_535, default: 8080, doc: 'Port to listen on; 0 takes a free one.' },
  HOST: {
    kind: 'string',
    doc: 'Address to listen on; `0.0.0.0` is all. Default: all on Cloud Run, loopback elsewhere.',
  },
  ...programFields,
  DRAIN_MS: {
    kind: 'int',
    unit: 'milliseconds',
    min: 0,
    default: 9_000,
    doc: 'How long running requests may take after SIGTERM.',
  },
} as const satisfies FieldTable;
