import type { FieldTable } from '../../../common/fields/field.ts';
import { streamFields } from '../../../convert_stream/settings/config.ts';

/** Imaginary's flags that only the command has. It accepts flags without effect, so that existing manifests work. */
const commandFields = {
  ACCESS_LOG: {
    kind: 'string',
    default: 'info',
    flag: 'log-level',
    doc: 'Logged requests. info: all; warning: from status 400; error: from status 500; any other word: none.',
  },
  CERTFILE: {
    kind: 'string',
    flag: 'certfile',
    doc: 'Certificate chain; together with -keyfile it enables TLS.',
  },
  KEYFILE: { kind: 'string', flag: 'keyfile', doc: 'Private key of the certificate.' },
  HTTP_READ_TIMEOUT: {
    kind: 'int',
    unit: 'seconds',
    min: 0,
    default: 60,
    flag: 'http-read-timeout',
    doc: 'Time limit for receiving a request.',
  },
  HTTP_WRITE_TIMEOUT: {
    kind: 'int',
    min: 0,
    default: 60,
    flag: 'http-write-timeout',
    unit: 'seconds',
    doc: 'Time limit for a client to read the response; CONVERSION_SECONDS limits the conversion.',
  },
  GZIP: { kind: 'bool', default: false, flag: 'gzip', doc: 'Deprecated, without effect.' },
  MRELEASE: {
    kind: 'int',
    default: 30,
    flag: 'mrelease',
    doc: 'Without effect: the server releases memory by itself.',
  },
  HELP: { kind: 'bool', default: false, flag: 'help', doc: 'Shows the flags.' },
  H: { kind: 'bool', default: false, flag: 'h', doc: 'Shows the flags.' },
  VERSION: { kind: 'bool', default: false, flag: 'version', doc: 'Shows the version.' },
  V: { kind: 'bool', default: false, flag: 'v', doc: 'Shows the version.' },
} as const satisfies FieldTable;

/** Every setting of `imagetx serve`, with Imaginary's defaults where they differ from the service's. */
export const serveFields = {
  ...streamFields,
  ...commandFields,
  PORT: { ...streamFields.PORT, default: 8088 },
  HOST: { ...streamFields.HOST, default: '0.0.0.0', doc: 'Address to listen on.' },
  DOORS: { ...streamFields.DOORS, default: ['onthefly'] },
  // Clients such as Nextcloud send photos of up to 50 MB, and no proxy limits them.
  MAX_INPUT_BYTES: { ...streamFields.MAX_INPUT_BYTES, default: 64 * 1024 * 1024, doc: 'Largest picture.' },
  DRAIN_MS: { ...streamFields.DRAIN_MS, default: 5_000 },
  // Imaginary queues without end, and its clients show nothing on 503. They wait for two minutes (Nextcloud).
  WAITING_PER_CONVERSION: { ...streamFields.WAITING_PER_CONVERSION, default: 1024 },
  WAIT_MS: { ...streamFields.WAIT_MS, default: 90_000 },
  MAX_BUFFERED_BYTES: {
    kind: 'int',
    unit: 'bytes',
    min: 1,
    doc: 'Request bodies in memory, all requests together; beyond it the answer is 503. Default: a quarter of the memory, 256 MiB to 2 GiB.',
  },
} as const satisfies FieldTable;
