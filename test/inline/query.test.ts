import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { png, post, startTestService, type TestService } from './setup.ts';

let service: TestService;
let logo: Buffer;
beforeAll(async () => {
  logo = await png();
  service = await startTestService({ API_KEY: 'a-key' });
});
afterAll(async () => await service.close());

const json = { accept: 'application/json', 'api-key': 'a-key' };
const ask = async (query: string, fields: Readonly<Record<string, string>> = {}) => {
  const answer = await post(
    `${service.convertUrl}?${query}`,
    { ...fields, image: { data: logo, name: 'logo.png' } },
    json,
  );
  return { status: answer.status, ...((await answer.json()) as Readonly<Record<string, unknown>>) };
};

test.each([
  ['all of it in the query', 'name=logo2&format=jpg&width=30', {}, 'logo2.jpg', 30],
  [
    'half in the query, half in the form',
    'name=a%2Fb%20%C3%BC&width=30',
    { format: 'jpg' },
    'a/b%20%C3%BC.jpg',
    30,
  ],
  ['the same in both', 'format=jpg&width=30', { format: 'jpg', width: '30' }, 'logo.jpg', 30],
])('what is wanted may be said by query parameters: %s', async (_title, query, fields, name, width) => {
  expect(await ask(query, fields)).toMatchObject({ status: 200, url: `https://cdn.example/${name}`, width });
});

test('the query may contain the key and the signature too', async () => {
  const url = `${service.convertUrl}?format=jpg&key=a-key&expires=1`;
  expect((await post(url, { image: { data: logo, name: 'x.png' } })).status).toBe(200);
});

test.each([
  [
    'two different values',
    'format=jpg',
    { format: 'png' },
    'format: expected one value, got "jpg" in the query and "png" in the form',
  ],
  ['a misspelt parameter', 'format=jpg&widht=30', {}, /got "widht"$/],
  ['an unreadable parameter', 'format=jpg&width=wide', {}, /^width: expected a whole number/],
])('%s is refused', async (_title, query, fields, message) => {
  expect(await ask(query, fields as Readonly<Record<string, string>>)).toMatchObject({
    status: 400,
    message: typeof message === 'string' ? message : expect.stringMatching(message),
  });
});

test('with a type in the query the request is for the on-the-fly door', async () => {
  const form = { file: { data: logo, name: 'x.png' } };
  const answer = await post(`${service.convertUrl}?type=webp`, form, { 'api-key': 'a-key' });
  expect(answer.headers.get('content-type')).toBe('image/webp');
});
