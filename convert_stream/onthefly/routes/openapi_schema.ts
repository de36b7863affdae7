import { expectation, type Field, type FieldKind } from '../../../common/fields/field.ts';

export type Json = Readonly<Record<string, unknown>>;

export const ref = (kind: 'schemas' | 'parameters', name: string): Json => ({
  $ref: `#/components/${kind}/${name}`,
});

export const jsonOf = (name: SchemaName): Json => ({
  'application/json': { schema: ref('schemas', name) },
});

export const binary: Json = { schema: { type: 'string', contentMediaType: 'application/octet-stream' } };

const rgb = '^ *[^,]+ *,[^,]*,.*$|^#[0-9a-fA-F]+$|^[a-zA-Z]+(\\(.*\\))?$|^$';

/** A number in its range, or one of its names. Of a range that is not checked, only the sign is told. */
function numberSchema({ kind, min = 0, max, outside, names }: Field): Json {
  const range = outside ? { minimum: 0 } : { minimum: min, ...(max === undefined ? {} : { maximum: max }) };
  const numeric = { type: kind === 'int' ? 'integer' : 'number', ...range };
  return names ? { anyOf: [numeric, { type: 'string', enum: Object.keys(names) }] } : numeric;
}

/** The JSON Schema of each kind of field. */
const schemas: Readonly<Record<FieldKind, (field: Field) => Json>> = {
  int: numberSchema,
  float: numberSchema,
  bool: () => ({ type: 'boolean' }),
  string: () => ({ type: 'string' }),
  colour: () => ({ type: 'string', pattern: rgb }),
  enum: ({ values }) => ({ type: 'string', enum: values }),
  list: () => ({ type: 'array', items: { type: 'string' } }),
  numbers: () => ({ type: 'string' }),
  colours: () => ({ type: 'string' }),
};

/** The example of a field, as a value of its kind. */
const exampleOf = ({ kind, example }: Field): Json => {
  if (example === undefined) return {};
  return { example: kind === 'int' || kind === 'float' ? Number(example) : example };
};

/** What a field means; a list of numbers or colours is text, so that its items are described in words. */
function docOf(field: Field): string {
  const { doc, unit, kind } = field;
  if (kind === 'numbers' || kind === 'colours') return `${doc} Takes ${expectation(field)}.`;
  return unit ? `${doc} In ${unit}.` : doc;
}

/** A field as a schema. */
export const schemaOf = (field: Field): Json => schemas[field.kind](field);

/** A field as a parameter of a query. */
export const parameterOf = (name: string, field: Field, isRequired = false): Json => ({
  name,
  in: 'query',
  description: docOf(field),
  ...(isRequired ? { required: true } : {}),
  schema: schemaOf(field),
  ...exampleOf(field),
});

const number = { type: 'number' } as const;
const text = { type: 'string' } as const;
const numberProperties = (...names: readonly string[]): Json =>
  Object.fromEntries(names.map((name) => [name, number]));
const exactObject = (properties: Json): Json => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});

const uploadState: Json = { type: 'string', enum: ['waiting', 'done', 'failed'] };

/** The JSON answers of the endpoints. */
/** An object some of whose properties may be absent. */
const openObject = (properties: Json, optional: readonly string[]): Json => ({
  ...exactObject(properties),
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
});

const placeholders: Json = {
  type: 'object',
  properties: {
    thumbhash: { type: 'string', description: 'ThumbHash in base64.' },
    blurhash: text,
    color: { type: 'string', description: 'The most frequent colour, as #rrggbb.' },
    palette: { type: 'array', items: text },
    lqip: { type: 'string', description: 'A tiny picture as a data URI.' },
  },
};

export const answerSchemas = {
  Error: exactObject({
    message: text,
    status: { type: 'integer', description: 'The HTTP status, or that of a remote server.' },
  }),
  Versions: exactObject({ imaginary: text, bimg: text, libvips: text }),
  Health: exactObject(
    numberProperties(
      'uptime',
      'allocatedMemory',
      'totalAllocatedMemory',
      'maxHeapUsage',
      'heapInUse',
      'OSMemoryObtained',
      'goroutines',
      'completedGCCycles',
      'cpus',
      'objectsInUse',
    ),
  ),
  Formats: exactObject({
    formats: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          name: text,
          mime: text,
          extensions: { type: 'array', items: text },
          reads: { type: 'boolean' },
          writes: { type: 'boolean' },
          alpha: { type: 'boolean' },
          animated: { type: 'boolean' },
          lossy: { type: 'boolean', description: 'Whether the format is lossy.' },
          profiles: { type: 'boolean', description: 'Whether it can contain ICC profiles.' },
          sixteenBit: { type: 'boolean' },
          readBy: text,
          writtenBy: text,
          missing: {
            type: 'array',
            items: text,
            description: 'Optional packages that are not installed.',
          },
        },
        required: ['name', 'mime', 'extensions', 'reads', 'writes', 'missing'],
      },
    },
    limits: { type: 'object', additionalProperties: number },
  }),
  InlineAnswer: {
    type: 'object',
    properties: {
      url: { type: 'string', description: 'URL of the output, if there is a bucket.' },
      generation: { type: 'string', description: 'Generation of the output object.' },
      bytes: { type: 'integer' },
      width: { type: 'integer' },
      height: { type: 'integer' },
      type: { type: 'string', description: 'Media type.' },
      framesLeftOut: {
        type: 'integer',
        description: 'Frames over the limit, which the output does not have.',
      },
      placeholder: placeholders,
    },
    required: ['bytes', 'width', 'height', 'type'],
  },
  UploadStarted: exactObject({
    uploadUrl: {
      type: 'string',
      description: 'Where the bytes are sent by PUT, in one piece or in several.',
    },
    source: { type: 'string', description: 'Name of the source object.' },
    outputs: { type: 'array', items: exactObject({ name: text, url: text }) },
    statusUrl: { type: 'string', description: 'Tells the state; its path is a secret.' },
  }),
  UploadStatus: exactObject({
    source: text,
    state: uploadState,
    outputs: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          name: text,
          url: text,
          state: uploadState,
          bytes: { type: 'integer' },
          type: text,
          width: { type: 'integer' },
          height: { type: 'integer' },
          code: text,
          reason: { type: 'string', description: 'Why it failed.' },
        },
        required: ['name', 'url', 'state'],
      },
    },
  }),
  Info: openObject(
    {
      width: { type: 'integer', description: 'As stored, before EXIF orientation.' },
      height: { type: 'integer', description: 'As stored, before EXIF orientation.' },
      type: text,
      space: text,
      hasAlpha: { type: 'boolean' },
      hasProfile: { type: 'boolean' },
      channels: { type: 'integer' },
      orientation: { type: 'integer', minimum: 0, maximum: 8 },
      placeholder: placeholders,
    },
    ['placeholder'],
  ),
  Srcset: openObject(
    {
      width: { type: 'integer', description: 'Of the largest picture.' },
      height: { type: 'integer' },
      sources: { type: 'array', items: exactObject({ type: text, srcset: text }) },
      src: text,
      html: { type: 'string', description: 'A ready `<picture>`.' },
      placeholder: placeholders,
    },
    ['placeholder'],
  ),
} as const satisfies Json;

export type SchemaName = keyof typeof answerSchemas | 'Step';
