import type { Field } from '../../../common/fields/field.ts';
import { isConvertParam, params } from '../../../engine/catalog.ts';
import { type Json, jsonOf, parameterOf, schemaOf } from './openapi_schema.ts';

/** Fields of the inline form that are not parameters of an operation. */
const ownFields = {
  name: {
    kind: 'string',
    doc: 'Name of the output object without its extension, folders allowed. Default: the name of the file.',
    example: 'logo2',
  },
  format: { kind: 'string', doc: 'Format of the output, or `auto`.', example: 'jpg' },
  preset: { kind: 'string', doc: 'Name of a preset; the other fields win over it.', example: 'thumb' },
} as const satisfies Readonly<Record<string, Field>>;

const fields: Readonly<Record<string, Field>> = {
  ...ownFields,
  ...Object.fromEntries(Object.entries(params).filter(([name]) => isConvertParam(name) && name !== 'type')),
};

const form: Json = {
  type: 'object',
  description: 'The inline door: converts `image` to `format` and writes the output to the bucket.',
  properties: {
    ...Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, schemaOf(field)])),
    image: { type: 'string', contentMediaType: 'application/octet-stream' },
    key: { type: 'string', description: 'The API key, before the file.' },
  },
  required: ['image'],
};

/** The object at a path of keys; empty if there is none. */
const pick = (json: Json, ...path: readonly string[]): Json =>
  path.reduce<Json>((found, name) => (found[name] ?? {}) as Json, json);

/** Adds the inline door to `POST /convert`: its form, its query parameters and its answers. */
export function inlineRequest(paths: Json): Json {
  const convert = pick(paths, '/convert');
  const post = pick(convert, 'post');
  const multipart = pick(post, 'requestBody', 'content', 'multipart/form-data', 'schema');
  const content = {
    ...pick(post, 'requestBody', 'content'),
    'multipart/form-data': { schema: { anyOf: [form, multipart] } },
  };
  const answers = {
    'text/plain': { schema: { type: 'string', description: 'URL of the output at the CDN.' } },
    ...jsonOf('InlineAnswer'),
    ...pick(post, 'responses', '200', 'content'),
  };
  const own = Object.entries(ownFields).map(([name, field]) => parameterOf(name, field));
  const both: Json = {
    ...post,
    summary:
      'Converts the picture of a form and answers with its URL at the CDN, or with the picture (inline door); with `type` in the query, as GET does.',
    parameters: [...own, ...(post.parameters as readonly Json[])],
    requestBody: { required: true, content },
    responses: {
      ...pick(post, 'responses'),
      200: { description: 'The URL, facts as JSON, or the picture', content: answers },
    },
  };
  return { ...paths, '/convert': { ...convert, post: both } };
}
