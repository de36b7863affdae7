import type { Field } from '../../../common/fields/field.ts';
import { uploadFields } from '../../direct/fields.ts';
import { type Json, jsonOf, parameterOf, ref, schemaOf } from './openapi_schema.ts';

const failure = (description: string): Json => ({ description, content: jsonOf('Error') });

const fields: Readonly<Record<string, Field>> = uploadFields;

const body: Json = {
  type: 'object',
  properties: Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, schemaOf(field)])),
};

const failures: Json = {
  400: failure('A field cannot be used'),
  401: failure('The API key is missing or wrong'),
  403: failure('The signature is missing, wrong or expired'),
  406: failure('The type is not one of a picture'),
  408: failure('The body did not arrive in time'),
  413: failure('The picture is too large'),
  429: failure('Too many requests'),
  503: failure('Storage is not available'),
};

const start: Json = {
  operationId: 'post_uploads',
  summary: 'Starts an upload that the client sends straight to storage',
  tags: ['service'],
  parameters: [
    ...Object.entries(fields).map(([name, field]) => ({ ...parameterOf(name, field), required: false })),
    ...['sign', 'expires'].map((name) => ref('parameters', name)),
  ],
  requestBody: { content: { 'application/json': { schema: body } } },
  responses: { 201: { description: 'The upload may begin', content: jsonOf('UploadStarted') }, ...failures },
};

const seconds: Field = {
  kind: 'float',
  min: 0,
  max: 60,
  unit: 'seconds',
  doc: 'Waits so long until no output is waiting.',
  example: '30',
};

const status: Json = {
  operationId: 'get_upload',
  summary: 'State of an upload, at once, after a wait, or as server-sent events',
  tags: ['service'],
  parameters: [
    { name: 'id', in: 'path', required: true, schema: { type: 'string' } },
    parameterOf('wait', seconds),
  ],
  responses: {
    200: {
      description: 'The state',
      content: { ...jsonOf('UploadStatus'), 'text/event-stream': { schema: { type: 'string' } } },
    },
    400: failure('The wait cannot be used'),
    404: failure('There is no such upload'),
    503: failure('Too many clients wait, or storage is not available'),
  },
};

/** The paths of direct uploads. */
export const directPaths: Json = { '/uploads': { post: start }, '/uploads/{id}': { get: status } };
