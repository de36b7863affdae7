import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { beforeAll, expect, test } from '@jest/globals';
import { endpointSpecs } from '../../convert_stream/onthefly/routes/endpoints.ts';
import { formats } from '../../engine/formats/index.ts';
import { operations } from '../../engine/operations/index.ts';
import type { PageData } from '../../playground/data.ts';
import { get, messageOf, picture, post, type Server, sizeOf, startServer } from './setup.ts';

let server: Server;
let html = '';
let policy = '';
beforeAll(async () => {
  server = await startServer(['-path-prefix', '/api', '-mount', 'docs/pictures']);
  const { body, headers } = await get(server.url, '/api/form');
  html = body.toString();
  policy = String(headers['content-security-policy']);
});

const found = (pattern: RegExp): readonly string[] =>
  [...html.matchAll(pattern)].map(([, part]) => part ?? '');
const dataIn = (text: string): PageData =>
  JSON.parse(text.match(/<script type="application\/json" id="data">(.*?)<\/script>/)?.[1] ?? '');

test('every example of the form works, without a script', async () => {
  const actions = found(/<button form="picture" formaction="([^"]*)">/g);
  expect(actions.length).toBe(operations.flatMap(({ examples }) => examples).length + 2);
  for (const action of actions)
    expect([action, (await post(server.url, action, await picture(400, 300))).status]).toEqual([action, 200]);
});

test('own parameters work without a script: the fields of a form are the query of a GET', async () => {
  const [form = ''] = found(/<form (action="\/api\/crop"[\s\S]*?)<\/form>/g);
  const names = [...form.matchAll(/ name="([^"]+)"/g)].map(([, name]) => name ?? '');
  const given: Readonly<Record<string, string>> = {
    file: 'source.webp',
    width: '50',
    height: '40',
    type: 'png',
  };
  const query = names.map((name) => `${name}=${given[name] ?? ''}`).join('&');
  expect(await sizeOf(await get(server.url, `/api/crop?${query}`))).toEqual({
    format: 'png',
    width: 50,
    height: 40,
  });
});

test('the form names no other server, and shows each example as it is typed', () => {
  const shown = found(/<code>([\s\S]*?)<\/code><\/button>/g);
  expect(shown.length).toBeGreaterThan(0);
  expect(shown.filter((text) => /&amp;(quot|lt|gt);/.test(text))).toEqual([]);
  expect(found(/formaction="([^"]*)"/g).filter((action) => /https?:|%3A%2F%2F/i.test(action))).toEqual([]);
});

test('the Tab key finds the file chooser first', () => {
  const [, plain = ''] = html.match(/<body[\s\S]*?<noscript>([\s\S]*?)<\/noscript>/) ?? [];
  expect(plain.match(/<(?:a|input|button|select|textarea|summary|iframe)\b[^>]*>/)?.[0]).toContain(
    'type="file"',
  );
});

test('the form has contents, and fields for every parameter of every operation', () => {
  const names = [...operations.map(({ name }) => name), 'pipeline', 'info'];
  expect(found(/<a href="#([^"]+)">/g)).toEqual(names);
  expect(found(/<section id="([^"]+)">/g)).toEqual(names);
  const fields = endpointSpecs
    .filter(({ examples }) => examples)
    .flatMap(({ parameters, ownParameters = {} }) => [...parameters, ...Object.keys(ownParameters)]);
  const own = found(/ name="([^"]+)"/g).filter((name) => !['viewport', 'file', 'result'].includes(name));
  expect(own.length).toBe(fields.length);
});

test('the output type is chosen from the formats that can be written', () => {
  const [choices = ''] = found(/<select name="type">(.*?)<\/select>/g);
  const words = [...choices.matchAll(/<option>([^<]*)<\/option>/g)].map(([, word]) => word);
  expect(words).toEqual(['', 'auto', ...formats.filter(({ writes }) => writes).map(({ name }) => name)]);
});

test('the page may use its own styles and script only, which are in it, and fits into 60 kB', () => {
  const hashOf = (text = ''): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain(
    `style-src ${found(/<style>([\s\S]*?)<\/style>/g)
      .map(hashOf)
      .join(' ')};`,
  );
  expect(policy).toContain(`script-src ${hashOf(html.match(/<script>([\s\S]*?)<\/script>/)?.[1])};`);
  const markup = html.replace(/<script[\s\S]*?<\/script>/g, '');
  expect(markup.match(/<[a-z][^<>]*\s(src|style|on[a-z]+)=/)?.[0]).toBeUndefined();
  expect(gzipSync(html).length).toBeLessThan(60_000);
});

test.each([
  ['gzip, br', 'gzip'],
  ['br, gzip;q=0', undefined],
])('the page is packed for clients that take that: %s', async (encodings, expected) => {
  const { body, headers } = await get(server.url, '/api/form', { 'accept-encoding': encodings });
  expect(headers['content-encoding']).toBe(expected);
  expect(headers.vary).toContain('Accept-Encoding');
  expect(String(expected ? gunzipSync(body) : body)).toBe(html);
});

test('the page contains the tables, the limits and what a request needs', () => {
  const data = dataIn(html);
  expect(data.operations.map(({ name }) => name)).toEqual(operations.map(({ name }) => name));
  expect(Object.keys(data.params)).toEqual(expect.arrayContaining([...(operations[0]?.fields ?? [])]));
  expect(data).toMatchObject({
    prefix: '/api',
    needs: { key: false, signature: false },
    sources: { file: true },
  });
});

test.each(['photo', 'logo'])('the page has a sample picture of its own: %s', async (name) => {
  const { status, body } = await get(server.url, `/api/form?picture=${name}`);
  expect(status).toBe(200);
  expect((await post(server.url, '/api/resize?width=40', body)).status).toBe(200);
});

test('a name that is no sample is not found', async () => {
  const answer = await get(server.url, '/api/form?picture=../package.json');
  expect([answer.status, messageOf(answer)]).toEqual([
    404,
    'picture: expected a sample, got "../package.json"',
  ]);
});

test('browsers get the page without a key, which the page then asks for; programs do not', async () => {
  const { url } = await startServer(['-key', 'secret']);
  const page = await get(url, '/form', { accept: 'text/html,*/*;q=0.8' });
  expect(page.status).toBe(200);
  expect(dataIn(page.body.toString()).needs).toEqual({ key: true, signature: false });
  expect(page.body.toString()).not.toContain('secret');
  expect(page.headers.vary).toContain('Accept');
  expect((await get(url, '/form?picture=logo')).status).toBe(200);
  expect((await get(url, '/form')).status).toBe(401);
  expect((await post(url, '/resize?width=9', await picture(), { accept: 'text/html' })).status).toBe(401);
});
