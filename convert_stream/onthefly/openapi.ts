import type { FieldTable } from '../../common/field.ts';
import { formats } from '../../engine/formats/index.ts';
import type { Operation } from '../../engine/operation.ts';
import { operations } from '../../engine/operations/index.ts';
import { params } from '../../engine/params.ts';
import { answerSchemas, type Json, parameterOf, schemaOf } from './openapi_schema.ts';
import { maxSteps, stepNames } from './pipeline.ts';
import { version } from './version.ts';

/** Parameters of every image endpoint: where the picture is, and who asks. */
const commonParams = {
  file: { kind: 'string', doc: 'GET only: name of a picture in the mounted folder or bucket.' },
  url: { kind: 'string', doc: 'GET only: URL of the picture, where the server may fetch it.' },
  field: { kind: 'string', doc: 'POST only: name of the form part that is the picture.', example: 'file' },
  sign: { kind: 'string', doc: 'Signature of the URL, where the server asks for it.' },
  expires: { kind: 'int', doc: 'Unix time after which a signed URL is refused.', unit: 'seconds' },
} as const satisfies FieldTable;

const ref = (kind: string, name: string): Json => ({ $ref: `#/components/${kind}/${name}` });
const jsonOf = (name: string): Json => ({ 'application/json': { schema: ref('schemas', name) } });
const answer = (description: string, content: Json): Json => ({ description, content });

/** The errors of image endpoints; a placeholder has the same status. */
const errors: Readonly<Record<number, string>> = {
  400: 'A parameter, the picture or its source cannot be used',
  401: 'The API key is missing or wrong',
  403: 'The signature is missing, wrong or expired',
  404: 'There is no such object',
  405: 'The method is not allowed here',
  406: 'The body is no picture',
  408: 'The body did not arrive in time',
  413: 'The body is too large',
  422: 'The picture has too many pixels',
  501: 'The endpoint is switched off',
  503: 'The server is busy, or a remote server failed',
};

const errorAnswers: Json = {
  ...Object.fromEntries(
    Object.entries(errors).map(([status, text]) => [status, answer(text, jsonOf('Error'))]),
  ),
  429: answer('Too many requests', { 'text/plain': { schema: { type: 'string' } } }),
};

const binary = { schema: { type: 'string', contentMediaType: 'application/octet-stream' } };
const picture = answer(
  'The picture',
  Object.fromEntries(formats.filter(({ writes }) => writes).map(({ mime }) => [mime, {}])),
);

const requestBody = {
  required: true,
  content: {
    'application/octet-stream': binary,
    'multipart/form-data': {
      schema: {
        type: 'object',
        properties: { file: { type: 'string', contentMediaType: 'application/octet-stream' } },
      },
    },
  },
};

interface Subject {
  readonly name: string;
  readonly summary: string;
  readonly parameters: readonly Json[];
  readonly success: Json;
}

const notModified = { description: 'The client has this answer already' };

/** GET and POST of an image endpoint. */
function imagePath({ name, summary, parameters, success }: Subject): readonly [string, Json] {
  const common = Object.keys(commonParams).map((one) => ref('parameters', one));
  const all = { summary, tags: ['image'], parameters: [...parameters, ...common] };
  const get = {
    operationId: `get_${name}`,
    ...all,
    responses: { 200: success, 304: notModified, ...errorAnswers },
  };
  const post = {
    operationId: `post_${name}`,
    ...all,
    requestBody,
    responses: { 200: success, ...errorAnswers },
  };
  return [`/${name}`, { get, post }];
}

const operationPath = ({ name, summary, fields }: Operation): readonly [string, Json] =>
  imagePath({
    name,
    summary,
    parameters: fields.map((field) => ref('parameters', field)),
    success: picture,
  });

const step: Json = {
  type: 'object',
  properties: {
    operation: { type: 'string', enum: stepNames },
    ignore_failure: { type: 'boolean', description: 'A step that fails is left out.' },
    params: {
      type: 'object',
      properties: Object.fromEntries(Object.entries(params).map(([name, field]) => [name, schemaOf(field)])),
    },
  },
  required: ['operation'],
  additionalProperties: false,
};

const pipeline = imagePath({
  name: 'pipeline',
  summary: 'Does several operations in turn, with as few passes over the pixels as they allow.',
  parameters: [
    {
      name: 'operations',
      in: 'query',
      required: true,
      description: `Up to ${maxSteps} steps, as JSON.`,
      content: {
        'application/json': {
          schema: { type: 'array', items: ref('schemas', 'Step'), minItems: 1, maxItems: maxSteps },
        },
      },
    },
  ],
  success: picture,
});

const info = imagePath({
  name: 'info',
  summary: 'Tells the facts of a picture from its header.',
  parameters: [],
  success: answer('The facts', jsonOf('Info')),
});

const page = (summary: string, content: Json): Json => ({
  get: { summary, tags: ['service'], responses: { 200: answer(summary, content) } },
});

const pages: Json = {
  '/': page('Versions', jsonOf('Versions')),
  '/health': page('Facts of the process', jsonOf('Health')),
  '/form': page('A page to try the operations', { 'text/html': { schema: { type: 'string' } } }),
  '/openapi.json': page('This description', { 'application/json': { schema: { type: 'object' } } }),
};

const pathName = { name: 'name', in: 'path', required: true, schema: { type: 'string' } };
const short = (name: string, long: string): Json => ({
  name,
  in: 'query',
  description: `Short for ${long}.`,
  schema: { type: 'integer', minimum: 0 },
});

/** The short form of `/resize?file=`. */
const images: Json = {
  get: {
    operationId: 'get_images',
    summary: 'A picture of the mounted folder or bucket: resized, or as it is where no size is given.',
    tags: ['image'],
    parameters: [pathName, short('w', 'width'), short('h', 'height'), ref('parameters', 'type')],
    responses: { 200: picture, 304: notModified, ...errorAnswers },
  },
};

const parameters = Object.fromEntries(
  Object.entries({ ...params, ...commonParams }).map(([name, field]) => [name, parameterOf(name, field)]),
);

/** The API as OpenAPI 3.1, from the tables of operations, parameters and formats. */
export const openApi = (prefix: string): Json => ({
  openapi: '3.1.0',
  info: {
    title: 'imagetx on the fly',
    version,
    description: "Converts pictures by URL; compatible with Imaginary's HTTP API.",
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  },
  servers: [{ url: prefix || '/' }],
  security: [{}, { keyHeader: [] }, { keyQuery: [] }],
  tags: [{ name: 'image' }, { name: 'service' }],
  paths: {
    ...pages,
    ...Object.fromEntries([info, pipeline, ...operations.map(operationPath)]),
    '/images/{name}': images,
  },
  components: {
    schemas: { ...answerSchemas, Step: step },
    parameters,
    securitySchemes: {
      keyHeader: { type: 'apiKey', in: 'header', name: 'API-Key' },
      keyQuery: { type: 'apiKey', in: 'query', name: 'key' },
    },
  },
});
