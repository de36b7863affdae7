import { createHash } from 'node:crypto';
import { beforeAll, expect, test } from '@jest/globals';
import { formats } from '../../engine/formats/index.ts';
import { operations } from '../../engine/operations/index.ts';
import { get, picture, post, type Server, startServer } from './setup.ts';

let server: Server;
let html = '';
let policy = '';
beforeAll(async () => {
  server = await startServer(['-path-prefix', '/api']);
  const { body, headers } = await get(server.url, '/api/form');
  html = body.toString();
  policy = String(headers['content-security-policy']);
});

const found = (pattern: RegExp): readonly string[] =>
  [...html.matchAll(pattern)].map(([, part]) => part ?? '');

test('every example of the form works, without a script', async () => {
  const actions = found(/<button formaction="([^"]*)">/g);
  expect(actions.length).toBe(operations.flatMap(({ examples }) => examples).length + 2);
  for (const action of actions)
    expect([action, (await post(server.url, action, await picture(400, 300))).status]).toEqual([action, 200]);
});

test('the form names no other server, and shows each example as it is typed', () => {
  const shown = found(/<code>([\s\S]*?)<\/code><\/button>/g);
  expect(shown.length).toBeGreaterThan(0);
  expect(shown.filter((text) => /&amp;(quot|lt|gt);/.test(text))).toEqual([]);
  expect(found(/formaction="([^"]*)"/g).filter((action) => /https?:|%3A%2F%2F/i.test(action))).toEqual([]);
});

test('the Tab key finds the file chooser first', () => {
  const [first] = found(/(<(?:a|input|button|select|textarea|summary|iframe)\b[^>]*>)/g);
  expect(first).toContain('type="file"');
});

test('the form has contents, and fields for every parameter of every operation', () => {
  const names = [...operations.map(({ name }) => name), 'pipeline', 'info'];
  expect(found(/<a href="#([^"]+)">/g)).toEqual(names);
  expect(found(/<section id="([^"]+)">/g)).toEqual(names);
  const fields = operations.flatMap((operation) => operation.fields).length;
  expect(found(/data-param="([^"]+)"/g).length).toBe(fields + 1);
});

test('the output type is chosen from the formats that can be written', () => {
  const [choices = ''] = found(/<select data-param="type">(.*?)<\/select>/g);
  const words = [...choices.matchAll(/<option>([^<]*)<\/option>/g)].map(([, word]) => word);
  expect(words).toEqual(['', 'auto', ...formats.filter(({ writes }) => writes).map(({ name }) => name)]);
});

test('the form may use its own style and script only, which are in it', () => {
  const hashOf = (text = ''): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain(`style-src ${hashOf(found(/<style>([\s\S]*?)<\/style>/g)[0])};`);
  expect(policy).toContain(`script-src ${hashOf(html.match(/<script>([\s\S]*?)<\/script>/)?.[1])};`);
  expect(html).not.toMatch(/\s(src|style|on[a-z]+)=/);
});

test('browsers get the versions as JSON, with a link to the form', async () => {
  const { body, headers } = await get(server.url, '/api', { accept: 'text/html,*/*;q=0.8' });
  expect(headers['content-type']).toBe('application/json');
  expect(JSON.parse(body.toString())).toHaveProperty('imaginary');
  expect(headers.link).toContain('</api/form>; rel="service-doc"');
});
