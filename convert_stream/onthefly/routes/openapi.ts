import type { Field, FieldTable } from '../../../common/fields/field.ts';
import { formats, params } from '../../../engine/catalog.ts';
import { version } from '../../http/version.ts';
import { stepNames } from '../request/pipeline.ts';
import {
  type EndpointSetup,
  type EndpointSpec,
  type OwnParameter,
  pathOf,
  type Success,
} from './endpoint.ts';
import { directPaths } from './openapi_direct.ts';
import { inlineRequest } from './openapi_inline.ts';
import { answerSchemas, binary, type Json, jsonOf, parameterOf, ref, schemaOf } from './openapi_schema.ts';

/** Parameters of every image endpoint: the source of the picture, and access. */
const commonParams = {
  preset: {
    kind: 'string',
    doc: 'Name of a preset, whose steps come before the operation; own parameters win over those of the preset.',
    example: 'thumb',
  },
  file: { kind: 'string', doc: 'GET only: name of a picture in the mounted folder or bucket.' },
  url: { kind: 'string', doc: 'GET only: URL of the picture, if the server may fetch it.' },
  field: { kind: 'string', doc: 'POST only: name of the form part that is the picture.', example: 'file' },
  sign: { kind: 'string', doc: 'Signature of the URL, if the server requires it.' },
  expires: { kind: 'int', doc: 'Unix time after which a signed URL is refused.', unit: 'seconds' },
} as const satisfies FieldTable;

const responseOf = (description: string, content: Json): Json => ({ description, content });

/** The errors of image endpoints; a placeholder has the same status. */
const errors: Readonly<Record<number, string>> = {
  400: 'A parameter, the picture or its source cannot be used',
  401: 'The API key is missing or wrong',
  403: 'The signature is missing, wrong or expired',
  404: 'There is no such object',
  405: 'The method is not allowed here',
  406: 'The body is not a picture',
  408: 'The body did not arrive in time',
  413: 'The body is too large',
  422: 'The picture has too many pixels',
  501: 'The endpoint is switched off',
  503: 'The server is busy, or a remote server failed',
};

const errorAnswers: Json = {
  ...Object.fromEntries(
    Object.entries(errors).map(([status, text]) => [status, responseOf(text, jsonOf('Error'))]),
  ),
  429: responseOf('Too many requests', { 'text/plain': { schema: { type: 'string' } } }),
};

const notModified = { description: 'The client has this answer already' };

const pictureTypes: Json = Object.fromEntries(
  formats.filter(({ writes }) => writes).map(({ mime }) => [mime, binary]),
);

/** The content of a successful answer. */
function contentOf(success: Success): Json {
  if (success === 'picture') return pictureTypes;
  if (success === 'html') return { 'text/html': { schema: { type: 'string' } } };
  if (success === 'json') return { 'application/json': { schema: { type: 'object' } } };
  return jsonOf(success.json);
}

const requestBody: Json = {
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

function ownParameter(name: string, field: OwnParameter): Json {
  if (field.listOf === undefined) return parameterOf(name, field);
  const schema = { type: 'array', items: ref('schemas', field.listOf), minItems: 1 };
  const { name: _, schema: __, example: ___, ...rest } = parameterOf(name, field, true);
  return { name, ...rest, content: { 'application/json': { schema } } };
}

const pathName = { name: 'name', in: 'path', required: true, schema: { type: 'string' } };

function parametersOf(spec: EndpointSpec): readonly Json[] {
  const own = Object.entries(spec.ownParameters ?? {}).map(([name, field]) => ownParameter(name, field));
  const common = spec.methods.includes('post') ? Object.keys(commonParams) : ['sign', 'expires'];
  const named = [...spec.parameters, ...(spec.kind === 'image' ? common : [])];
  const inPath = pathOf(spec).includes('{name}') ? [pathName] : [];
  return [...inPath, ...own, ...named.map((name) => ref('parameters', name))];
}

/** The requests and answers of one endpoint, by method. */
function pathItem(spec: EndpointSpec): Json {
  const { name, kind, summary, success } = spec;
  const about = { summary, tags: [kind === 'image' ? 'image' : 'service'], parameters: parametersOf(spec) };
  const ok = responseOf(summary, contentOf(success));
  const failures = kind === 'image' ? errorAnswers : {};
  const operation = (method: string, more: Json, responses: Json): Json => ({
    operationId: `${method}_${name || 'index'}`.replace(/\W/g, '_'),
    ...about,
    ...more,
    responses: { 200: ok, ...responses, ...failures },
  });
  const methods = {
    get: operation('get', {}, kind === 'image' ? { 304: notModified } : {}),
    post: operation('post', { requestBody }, {}),
  };
  return Object.fromEntries(spec.methods.map((method) => [method, methods[method]]));
}

const step: Json = {
  type: 'object',
  properties: {
    operation: { type: 'string', enum: stepNames },
    ignore_failure: { type: 'boolean', description: 'Skips the step if it fails.' },
    params: {
      type: 'object',
      properties: Object.fromEntries(Object.entries(params).map(([name, field]) => [name, schemaOf(field)])),
    },
  },
  required: ['operation'],
  additionalProperties: false,
};

/** All parameters. `preset` may have the names of the presets that there are. */
function allParameters(presets: readonly string[]): Json {
  const preset: Field =
    presets.length > 0 ? { ...commonParams.preset, kind: 'enum', values: presets } : commonParams.preset;
  const table: FieldTable = { ...params, ...commonParams, preset };
  return Object.fromEntries(Object.entries(table).map(([name, field]) => [name, parameterOf(name, field)]));
}

/** What a description is made from. `presets` are their names. */
export type ApiParts = Pick<EndpointSetup, 'prefix' | 'specs' | 'hasInlineDoor' | 'hasDirectUploads'> & {
  readonly presets?: readonly string[];
};

/** The API as OpenAPI 3.1, from the tables of endpoints, operations, parameters and formats. */
export function openApi({ prefix, specs, hasInlineDoor, hasDirectUploads, presets = [] }: ApiParts): Json {
  const own = Object.fromEntries(specs.map((spec) => [pathOf(spec), pathItem(spec)]));
  const paths = { ...own, ...(hasDirectUploads && prefix === '' ? directPaths : {}) };
  // The inline door and direct uploads have no prefix.
  const isShared = hasInlineDoor && prefix === '';
  return {
    openapi: '3.1.0',
    info: {
      title: 'imagetx',
      version,
      description: "Converts pictures by URL and by form; compatible with Imaginary's HTTP API.",
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: prefix || '/' }],
    security: [{}, { keyHeader: [] }, { keyQuery: [] }],
    tags: [{ name: 'image' }, { name: 'service' }],
    paths: isShared ? inlineRequest(paths) : paths,
    components: {
      schemas: { ...answerSchemas, Step: step },
      parameters: allParameters(presets),
      securitySchemes: {
        keyHeader: { type: 'apiKey', in: 'header', name: 'API-Key' },
        keyQuery: { type: 'apiKey', in: 'query', name: 'key' },
      },
    },
  };
}
