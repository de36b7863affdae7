import { beforeAll, describe, expect, test } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { endpointSpecs } from '../../convert_stream/onthefly/routes/endpoints.ts';
import { openApi } from '../../convert_stream/onthefly/routes/openapi.ts';
import { operations } from '../../engine/operations/index.ts';
import { params } from '../../engine/params.ts';
import { startTestService } from '../inline/setup.ts';
import { closeAtEnd, get, picture, post, type Server, startServer } from './setup.ts';

type Tree = { readonly [name: string]: Tree };
const description = JSON.parse(
  JSON.stringify(openApi({ prefix: '', specs: endpointSpecs, hasInlineDoor: true, hasDirectUploads: true })),
) as Tree;

let server: Server;
beforeAll(async () => {
  server = await startServer([], { API_KEYS: '' });
});

test('/openapi.json is valid OpenAPI 3.1', async () => {
  const served = JSON.parse((await get(server.url, '/openapi.json')).body.toString());
  const validator = new Validator();
  expect(await validator.validate(served)).toEqual({ valid: true });
  expect(validator.version).toBe('3.1');
});

test('every operation and every parameter is described', () => {
  const paths = Object.keys(description.paths ?? {});
  expect(paths).toEqual(
    expect.arrayContaining([
      '/formats',
      '/uploads',
      '/uploads/{id}',
      '/images/{name}',
      ...operations.map(({ name }) => `/${name}`),
    ]),
  );
  expect(Object.keys(description.components?.parameters ?? {})).toEqual(
    expect.arrayContaining(Object.keys(params)),
  );
});

test('a number that is refused outside of its range is described with the range', () => {
  const schemaOf = (name: string): unknown => description.components?.parameters?.[name]?.schema;
  expect(schemaOf('gamma')).toEqual({ type: 'number', minimum: 1, maximum: 3 });
  expect(schemaOf('width')).toEqual({ type: 'integer', minimum: 0 });
  expect(schemaOf('quality')).toEqual({
    anyOf: [
      { type: 'integer', minimum: 0 },
      { type: 'string', enum: ['auto'] },
    ],
  });
});

describe('answers match the description', () => {
  const ajv = new Ajv2020({ strict: false });
  ajv.addSchema({ $id: 'api', ...description });
  const holds = (name: string, value: unknown): unknown => {
    const validate = ajv.compile({ $ref: `api#/components/schemas/${name}` });
    return validate(value) || validate.errors;
  };

  test.each([
    ['/', 'Versions'],
    ['/health', 'Health'],
    ['/formats', 'Formats'],
    ['/resize', 'Error'],
    ['/nothing', 'Error'],
  ])('GET %s answers %s', async (path, schema) => {
    expect(holds(schema, JSON.parse((await get(server.url, path)).body.toString()))).toBe(true);
  });

  test.each(['jpeg', 'png', 'webp', 'gif'] as const)('/info of a %s matches Info', async (type) => {
    const { body } = await post(server.url, '/info', await picture(9, 9, type));
    expect(holds('Info', JSON.parse(body.toString()))).toBe(true);
  });

  test('the JSON of the inline door matches InlineAnswer', async () => {
    const body = new FormData();
    body.append('image', new Blob([new Uint8Array(await picture())]), 'x.png');
    const service = closeAtEnd(await startTestService());
    const answer = await fetch(`${service.convertUrl}?format=webp`, {
      method: 'POST',
      body,
      headers: { accept: 'application/json' },
    });
    expect(holds('InlineAnswer', await answer.json())).toBe(true);
  });

  const statuses = [
    '/resize?width=9',
    '/resize',
    '/resize?width=x',
    '/pipeline?operations=[]',
    '/convert?type=nope',
  ];
  test.each(statuses)('POST %s has a listed status and type', async (path) => {
    const answer = await post(server.url, path, await picture());
    const listed = description.paths?.[path.split('?')[0] ?? '']?.post?.responses?.[answer.status];
    expect(Object.keys(listed?.content ?? {})).toContain(answer.headers['content-type']);
  });
});
