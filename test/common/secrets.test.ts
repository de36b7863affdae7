import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isSecretName, redactUrl, withoutSecrets } from '../../common/secrets.ts';

const secret = 'c0ffee-secret-c0ffee';

test.each([
  ['a name that is escaped', `/resize?width=10&k%65y=${secret}`],
  ['a name that is escaped wholly', `/resize?%73%69%67%6e=${secret}`],
  ['a name in brackets', `/resize?key[]=${secret}&key%5B0%5D=${secret}`],
  ['an escaped ampersand in a value', `/resize?key=a%26${secret}`],
  ['a semicolon in a value', `/resize?key=a;b;${secret}`],
  ['a name after a semicolon', `/resize?a=1;key=${secret}`],
  ['a nested Azure SAS', `?url=https%3A%2F%2Fx.example%2Fa%3Fsv%3D1%26sig%3D${secret}`],
  [
    'a nested S3 URL',
    `?url=https%3A%2F%2Fx%2Fa%3FX-Amz-Credential%3D${secret}%26X-Amz-Signature%3D${secret}`,
  ],
  ['an URL nested twice', `?url=https%3A%2F%2Fx%3Fu%3Dhttps%253A%252F%252Fy%253Faccess_token%253D${secret}`],
  ['a nested URL without escapes', `?url=https://x/?a=1&b=2?token=${secret}`],
  ['a nested name that is escaped', `?url=http%3A%2F%2Fx%3Fto%256ben%3D${secret}`],
  ['an equals sign after an escaped one', `?a%3Fkey%3D${secret}=1`],
  ['a user in a nested URL', `?url=https%3A%2F%2Fme%3A${secret}%40x.example%2Fa`],
  ['a password with an at sign', `?url=https://me:a@${secret}@x.example/a`],
  ['a user of a URL without a scheme', `?url=//me:${secret}@x.example/a`],
  ['a user after one slash', `/resize?url=http:/me:${secret}@x.example/a&width=3`],
  ['a user after three slashes', `/images/http:///me:${secret}@x.example/a`],
  ['a user after backslashes', `/resize?url=http:\\\\me:${secret}@x.example/a`],
  ['a user after a scheme without slashes', `/resize?URL=http:me:${secret}@x.example/a`],
  ['a user without a scheme', `/resize?width=3&url=me:${secret}@x.example/a`],
  ['a user that is escaped', `/resize?u%72l=me%3A${secret}%40x.example%2Fa`],
  ['a user without a password', `/watermarkimage?image=${secret}@x.example/a`],
  ['a password with a slash', `/resize?url=https://me:a/${secret}@x.example/a`],
  ['a user in a URL that a malformed URL names', `/resize?url=x.example/?fallback=me:${secret}@y.example`],
  ['a user in JSON', `/pipeline?operations=[{"params":{"image":"http:\\/me:${secret}@x.example/a"}}]`],
  ['a URL in a path', `/images/https%3A%2F%2Fx%3Fsig%3D${secret}`],
  [
    'a URL in JSON',
    `?operations=%5B%7B%22params%22%3A%7B%22image%22%3A%22http%3A%2F%2Fx%3Fsig%3D${secret}%22%7D%7D%5D`,
  ],
  ['JSON escapes', `?operations=%7B%22image%22%3A%22http%3A%2F%2Fx%3Fa%3D1%5Cu0026sig%3D${secret}%22%7D`],
  ['a field of JSON', `{"width":3,"apiKey": "${secret}"}`],
  ['camel case', `?accessToken=${secret}&AWSSecretKey=${secret}`],
  ['capitals', `?KEY=${secret}&Signature=${secret}&SIG=${secret}`],
  ['a header in a message', `sent Authorization: Bearer ${secret}, got 401`],
  ['more layers than any program reads', `?a=${'%25'.repeat(9)}26key${'%25'.repeat(9)}3D${secret}`],
])('no secret is shown in %s', (_where, text) => {
  for (const shown of [withoutSecrets(text), redactUrl(text)]) expect(shown).not.toMatch(/c0ffee-secret/);
});

test('quotes end a value in a text, not in the target of a request', () => {
  expect(redactUrl(`/resize?key=a"b' <${secret}&w=1`)).toBe('/resize?key=[hidden]&w=1');
  expect(withoutSecrets(`got "key=${secret}", not "a"`)).toBe('got "key=[hidden]", not "a"');
});

test.each([
  'monkey=1',
  '/resize?width=3&monkey=5&design=x&keyboard=1',
  '/resize?url=https%3A%2F%2Fx.example%2Fa%3Fw%3D3%26h%3D4&type=webp',
  'API_KEY: expected a text, got nothing',
  'https://x.example/~me/logo@2x.png',
  '100% of 3 = 3',
  '/watermark?text=me@x.example&url=https://x.example:8080/~me:1/logo@2x.png',
  '/resize?file=logo@2x.png&imageurl=a@b&url=x.example/logo@2x.png',
])('text without secrets is shown unchanged: %s', (text) => {
  expect(withoutSecrets(text)).toBe(text);
});

test.each(['key', 'api-key', 'sign', 'X-Goog-Signature', 'refresh_token', 'clientSecret', 'Cookie'])(
  '%s is secret',
  (name) => {
    expect(isSecretName(name)).toBe(true);
  },
);

const names = [
  'key',
  'sign',
  'sig',
  'token',
  'access_token',
  'X-Amz-Signature',
  'X-Goog-Credential',
  'key[]',
  'api_key',
  'Password',
];
const escapeAll = (char: string): string => `%${char.charCodeAt(0).toString(16).padStart(2, '0')}`;

/** A name, any of whose letters are escaped. */
const spelled = fc
  .tuple(fc.constantFrom(...names), fc.array(fc.boolean(), { minLength: 20, maxLength: 20 }))
  .map(([name, isEscaped]) => [...name].map((char, at) => (isEscaped[at] ? escapeAll(char) : char)).join(''));
const odd = fc.string({
  unit: fc.constantFrom('a', '%', '=', '+', ';', ':', '/', '%25', '%26', '?', '.'),
  maxLength: 6,
});
const pair = fc.tuple(fc.constantFrom('width', 'a', 'u', ''), odd).map(([name, value]) => `${name}=${value}`);
/** A query with one secret in it, or in a URL that is one of its values, and so on. */
const nested = fc
  .record({
    name: spelled,
    tail: odd,
    around: fc.array(pair, { maxLength: 3 }),
    depth: fc.nat({ max: 4 }),
    url: fc.constantFrom('https://x.example/', '/a?', 'b?'),
  })
  .map(({ name, tail, around, depth, url }) => {
    const before = around.map((one) => `${one}&`).join('');
    let query = `${before}${name}=${secret}${tail.replaceAll('&', '')}&z=1`;
    for (let layer = 0; layer < depth; layer += 1)
      query = `w=1&url=${encodeURIComponent(`${url}?${query}`)}&h=2`;
    return `/resize?${query}`;
  });

test('a secret is hidden however it is named and nested', () => {
  fc.assert(
    fc.property(nested, (text) => {
      expect(redactUrl(text)).not.toContain('c0ffee');
      expect(withoutSecrets(text)).not.toContain('c0ffee');
    }),
    { numRuns: 2_000 },
  );
});

test('any text is read in time that grows with its length', () => {
  for (const piece of [
    'a=',
    '%25',
    '"a":"',
    '://a@',
    '%3D%26',
    '\\u0025',
    'k',
    'bearer ',
    'url=',
    'url=a:',
    '"url":"',
    'http:',
    'http:/a',
  ])
    expect(typeof withoutSecrets(piece.repeat(100_000 / piece.length))).toBe('string');
});
