import { expect, test } from '@jest/globals';
import { prefersType } from '../../common/accept.ts';

test.each([
  ['application/json', true],
  ['application/json, */*', true],
  ['application/json;q=0.9, text/plain', false],
  ['text/plain;q=0.5, application/json', true],
  ['application/*', true],
  ['application/json, text/plain', true],
  ['text/plain, application/json', false],
  ['application/json;q=0', false],
  ['*/*', false],
  ['image/webp', false],
  ['', false],
  [undefined, false],
])('a client that accepts %s prefers JSON to text: %s', (accept, expected) => {
  expect(prefersType(accept, 'application/json', 'text/plain')).toBe(expected);
});
