import type { FieldTable } from './fields/field.ts';

/** The form of a setting that is a URL. */
export const url = {
  pattern: /^https?:\/\/[^\s?#]+$/,
  expects: 'an http or https URL without query',
} as const;

/** Settings of every program. */
export const programFields = {
  PROJECT_ID: { kind: 'string', doc: 'Google Cloud project. Log lines need it to link to their traces.' },
  K_SERVICE: { kind: 'string', doc: 'Name of the service; Cloud Run sets it.' },
  LOG_LEVEL: {
    kind: 'enum',
    values: ['debug', 'info', 'warn', 'error', 'silent'],
    default: 'info',
    doc: 'Least severe level that is logged; `silent` logs nothing.',
  },
} as const satisfies FieldTable;

/** Settings of every program that is a server. */
export const serverFields = {
  PORT: { kind: 'int', min: 0, max: 65_535, default: 8080, doc: 'Port to listen on; 0 picks a free one.' },
  HOST: {
    kind: 'string',
    doc: 'Address to listen on; `0.0.0.0` means all addresses. Default: all addresses on Cloud Run, loopback elsewhere.',
  },
  ...programFields,
  DRAIN_MS: {
    kind: 'int',
    unit: 'milliseconds',
    min: 0,
    default: 9_000,
    doc: 'How long running requests may take to finish after SIGTERM.',
  },
} as const satisfies FieldTable;
