import type { FieldTable, ValuesOf } from '../../common/field.ts';

/** Where pictures may come from. `flag`s are Imaginary's. */
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
    doc: 'Private networks, as CIDR ranges, that pictures may be fetched from all the same. Empty: none.',
    example: '10.1.0.0/16',
  },
  MAX_ALLOWED_SIZE: {
    kind: 'int',
    unit: 'bytes',
    min: 0,
    default: 0,
    flag: 'max-allowed-size',
    doc: 'Largest fetched picture; 0: as MAX_INPUT_BYTES.',
  },
  MAX_REDIRECTS: {
    kind: 'int',
    min: 0,
    max: 10,
    default: 3,
    doc: 'Redirects that a fetch follows; each is checked like the first URL.',
  },
  REMOTE_TIMEOUT_MS: {
    kind: 'int',
    unit: 'milliseconds',
    min: 1,
    default: 10_000,
    doc: 'How long fetching a picture may take: name lookups, redirects and unpacking included.',
  },
  FORWARD_HEADERS: {
    kind: 'list',
    default: [],
    flag: 'forward-headers',
    doc: "Headers of the client's request that are sent along when fetching. They go to the first URL's origin (scheme, host and port) only, never along a redirect to another one.",
    example: 'X-Token,Cookie',
  },
  ENABLE_AUTH_FORWARDING: {
    kind: 'bool',
    default: false,
    flag: 'enable-auth-forwarding',
    doc: 'Sends X-Forward-Authorization, else Authorization, of the client along when fetching, to the same origin only.',
  },
  AUTHORIZATION: {
    kind: 'string',
    secret: true,
    flag: 'authorization',
    doc: 'The Authorization header of every fetch; it does not follow redirects to another origin.',
  },
} as const satisfies FieldTable;

/** Who may ask, and how often. */
const accessFields = {
  API_KEYS: {
    kind: 'list',
    default: [],
    secret: true,
    doc: 'Further API keys that are accepted, for changing keys without a gap.',
  },
  ENABLE_URL_SIGNATURE: {
    kind: 'bool',
    default: false,
    flag: 'enable-url-signature',
    doc: 'Answers only URLs that are signed with URL_SIGNATURE_KEY.',
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
    doc: 'Further keys whose signatures are accepted, for changing keys without a gap.',
  },
  THROTTLE_PER_SECOND: {
    kind: 'int',
    min: 0,
    default: 0,
    flag: 'concurrency',
    doc: 'Requests a second for each path and method, at both doors together; 0: no limit.',
  },
  THROTTLE_BURST: {
    kind: 'int',
    min: 0,
    default: 100,
    flag: 'burst',
    doc: 'Requests that may come at once before THROTTLE_PER_SECOND holds them back.',
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

/** What answers look like. */
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
    doc: 'How long answers to GET may be cached, by anyone; 0: not at all; -1: not said. `Vary` names the headers that an answer depends on: the API key, what is forwarded.',
  },
  RETURN_SIZE: {
    kind: 'bool',
    default: false,
    flag: 'return-size',
    doc: 'Tells the size of the picture in Image-Width and Image-Height.',
  },
  AUTO_TYPE: {
    kind: 'enum',
    values: ['imaginary', 'content'],
    default: 'imaginary',
    doc: 'What `type=auto` answers. imaginary: the first of WebP, PNG and JPEG in Accept, else as the input. content: what Accept likes best (its weights count) and suits the picture, be it see-through, flat artwork or animated; AVIF among it, which is smaller but slow to make.',
  },
  ENABLE_PLACEHOLDER: {
    kind: 'bool',
    default: false,
    flag: 'enable-placeholder',
    doc: 'Errors are answered with a picture instead of JSON.',
  },
  PLACEHOLDER: { kind: 'string', flag: 'placeholder', doc: 'File of that picture.' },
  PLACEHOLDER_STATUS: {
    kind: 'int',
    min: 0,
    max: 599,
    default: 0,
    flag: 'placeholder-status',
    doc: 'HTTP status of placeholder answers, 200 or more; 0: that of the error.',
  },
} as const satisfies FieldTable;

/** The settings of the on-the-fly door. */
export const onTheFlyFields = {
  ...sourceFields,
  ...accessFields,
  ...answerFields,
} as const satisfies FieldTable;

export type OnTheFlyConfig = ValuesOf<typeof onTheFlyFields>;
