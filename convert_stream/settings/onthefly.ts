import type { FieldTable, ValuesOf } from '../../common/fields/field.ts';
import { presetFields } from '../../engine/settings.ts';

/** Sources of pictures. The `flag`s are Imaginary's. */
const sourceFields = {
  MOUNT: {
    kind: 'string',
    flag: 'mount',
    doc: 'Folder, or `gs://BUCKET`, that `?file=` and `/images/` read from.',
    example: 'gs://my-project-imagetx-src',
  },
  ENABLE_URL_SOURCE: {
    kind: 'bool',
    default: false,
    flag: 'enable-url-source',
    doc: 'Lets `?url=` fetch pictures from other servers.',
  },
  ALLOWED_ORIGINS: {
    kind: 'list',
    default: [],
    flag: 'allowed-origins',
    doc: 'URLs whose host and path pictures may be fetched from (`https://*.example.org/img*`). Empty: all.',
    example: 'https://img.example.org/photos/',
  },
  ALLOWED_PRIVATE_NETWORKS: {
    kind: 'list',
    default: [],
    doc: 'Private networks, as CIDR ranges, that pictures may be fetched from. Empty: none.',
    example: '10.1.0.0/16',
  },
  MAX_ALLOWED_SIZE: {
    kind: 'int',
    unit: 'bytes',
    min: 0,
    default: 0,
    flag: 'max-allowed-size',
    doc: 'Largest fetched picture; 0: MAX_INPUT_BYTES.',
  },
  MAX_REDIRECTS: {
    kind: 'int',
    min: 0,
    max: 10,
    default: 3,
    doc: 'Most redirects that a fetch follows; each is checked like the first URL.',
  },
  REMOTE_TIMEOUT_MS: {
    kind: 'int',
    unit: 'milliseconds',
    min: 1,
    default: 10_000,
    doc: 'Longest time for fetching a picture, including name lookups, redirects and unpacking.',
  },
  FORWARD_HEADERS: {
    kind: 'list',
    default: [],
    flag: 'forward-headers',
    doc: "Headers of the client that are forwarded when fetching. They go to the first URL's origin (scheme, host and port) only, never to another origin by a redirect.",
    example: 'X-Token,Cookie',
  },
  ENABLE_AUTH_FORWARDING: {
    kind: 'bool',
    default: false,
    flag: 'enable-auth-forwarding',
    doc: 'Forwards the X-Forward-Authorization, else Authorization, of the client when fetching, to the same origin only.',
  },
  AUTHORIZATION: {
    kind: 'string',
    secret: true,
    flag: 'authorization',
    doc: 'The Authorization header of every fetch; it does not follow redirects to another origin.',
  },
} as const satisfies FieldTable;

/** Access, and its rate. */
const accessFields = {
  API_KEYS: {
    kind: 'list',
    default: [],
    secret: true,
    doc: 'Further valid API keys, for changing keys without a gap.',
  },
  ENABLE_URL_SIGNATURE: {
    kind: 'bool',
    default: false,
    flag: 'enable-url-signature',
    doc: 'Accepts only URLs that are signed with URL_SIGNATURE_KEY.',
  },
  URL_SIGNATURE_KEY: {
    kind: 'string',
    secret: true,
    flag: 'url-signature-key',
    doc: 'Key of signed URLs, at least 32 characters.',
  },
  URL_SIGNATURE_KEYS: {
    kind: 'list',
    default: [],
    secret: true,
    doc: 'Further keys for valid signatures, for changing keys without a gap.',
  },
  THROTTLE_PER_SECOND: {
    kind: 'int',
    min: 0,
    default: 0,
    flag: 'concurrency',
    doc: 'Requests per second for each path and method, at both doors together; 0: no limit.',
  },
  THROTTLE_BURST: {
    kind: 'int',
    min: 0,
    default: 100,
    flag: 'burst',
    doc: 'Requests that may arrive at once before THROTTLE_PER_SECOND applies.',
  },
  CORS: { kind: 'bool', default: false, flag: 'cors', doc: 'Lets scripts of any web site use the API.' },
  DISABLE_ENDPOINTS: {
    kind: 'list',
    default: [],
    flag: 'disable-endpoints',
    doc: 'Endpoints that answer 501, in pipelines too; `convert` closes the inline door as well.',
    example: 'form,watermarkimage',
  },
} as const satisfies FieldTable;

/** Conversions with a name, at both doors. */
const namedFields = {
  ...presetFields,
  ONLY_PRESETS: {
    kind: 'bool',
    default: false,
    doc: 'Refuses everything but presets, without parameters beside them, at both doors.',
  },
} as const satisfies FieldTable;

/** Results that are kept. */
const resultFields = {
  RESULTS: {
    kind: 'string',
    doc: 'Folder, or `gs://BUCKET/PREFIX`, where answers to GET are kept, so that each is made once.',
    example: 'gs://my-project-imagetx-results',
  },
  RESULTS_MAX_BYTES: {
    kind: 'int',
    unit: 'bytes',
    min: 1,
    default: 1024 * 1024 * 1024,
    doc: 'Size of the folder RESULTS; the least recently used go first. A bucket is bounded by its lifecycle.',
  },
  SOURCES_TTL: {
    kind: 'int',
    unit: 'seconds',
    min: 0,
    default: 0,
    doc: 'How long pictures of other servers are used without asking, where RESULTS keeps them and the server says no shorter time; after that it is asked whether they have changed. 0: not kept.',
  },
} as const satisfies FieldTable;

/** The form of answers. */
const answerFields = {
  PATH_PREFIX: {
    kind: 'string',
    default: '/',
    flag: 'path-prefix',
    doc: 'Path in front of all routes.',
    example: '/api/v1',
  },
  MAX_ALLOWED_RESOLUTION: {
    kind: 'float',
    unit: 'megapixels',
    min: 0,
    default: 18,
    flag: 'max-allowed-resolution',
    doc: 'Largest input picture of this door.',
  },
  HTTP_CACHE_TTL: {
    kind: 'int',
    unit: 'seconds',
    min: -1,
    max: 31_556_926,
    default: -1,
    flag: 'http-cache-ttl',
    doc: 'How long any cache may keep answers to GET; 0: not at all; -1: no header. `Vary` names the headers that an answer depends on: the API key and forwarded headers.',
  },
  RETURN_SIZE: {
    kind: 'bool',
    default: false,
    flag: 'return-size',
    doc: 'Sends the size of the picture in Image-Width and Image-Height.',
  },
  PAGE_FRAMES: {
    kind: 'list',
    default: [],
    doc: 'Origins whose pages may show `/form` in a frame, besides the service itself.',
    example: 'https://docs.example.org',
  },
  AUTO_TYPE: {
    kind: 'enum',
    values: ['imaginary', 'content'],
    default: 'imaginary',
    doc: 'Format of `type=auto`. imaginary: the first of WebP, PNG and JPEG in Accept, else the format of the input. content: the format that Accept prefers (by its weights) and that suits the picture, whether transparent, flat artwork or animated; this includes AVIF, which is smaller but slow to make.',
  },
  ENABLE_PLACEHOLDER: {
    kind: 'bool',
    default: false,
    flag: 'enable-placeholder',
    doc: 'Answers errors with a picture instead of JSON.',
  },
  PLACEHOLDER: {
    kind: 'string',
    flag: 'placeholder',
    doc: 'File of the picture that errors are answered with.',
  },
  PLACEHOLDER_STATUS: {
    kind: 'int',
    min: 0,
    max: 599,
    default: 0,
    flag: 'placeholder-status',
    doc: 'HTTP status of placeholder answers, 200 or more; 0: the status of the error.',
  },
} as const satisfies FieldTable;

/** The settings of the on-the-fly door. */
export const onTheFlyFields = {
  ...sourceFields,
  ...accessFields,
  ...namedFields,
  ...resultFields,
  ...answerFields,
} as const satisfies FieldTable;

export type OnTheFlyConfig = ValuesOf<typeof onTheFlyFields>;
