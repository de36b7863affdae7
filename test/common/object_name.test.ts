import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { checkName, urlPath } from '../../common/object_name.ts';
import { anyName } from '../support/names.ts';

describe('names', () => {
  test.each([
    'logo',
    'a/b/logo',
    'a..b',
    '..a',
    '.hidden',
    'Ünï côdé',
    'a b',
    '_failedx/a',
    'x/_failed/y',
    '%2e%2e',
    'a\\b',
  ])('%j is a name', (name) => {
    expect(checkName(name)).toBe(name);
  });

  test.each([
    ['', 'an empty name'],
    ['/a', 'a leading slash'],
    ['a//b', 'an empty folder'],
    ['a/', 'a trailing slash'],
    ['..', '\\.\\.'],
    ['a/../b', '\\.\\.'],
    ['./a', '\\.'],
    ['a\nb', 'control'],
    ['a\u0000', 'control'],
    ['a\u007f', 'control'],
    ['a\u0085', 'control'],
    ['\ud800', 'Unicode'],
    ['_failed/a', 'reserved'],
    ['_manifest/a', 'reserved'],
    ['_failed', 'reserved'],
  ])('%j is refused for %s', (name, why) => {
    expect(() => checkName(name)).toThrow(new RegExp(`^name: expected a name .*got .*${why}`));
  });

  test.each([
    ['a', 1020, true],
    ['a', 1021, false],
    ['ü', 510, true],
    ['ü', 511, false],
  ])('of %s x %i with .jpg: allowed is %s, since bytes count', (letter, count, isAllowed) => {
    const check = () => checkName(letter.repeat(count), { extension: 'jpg' });
    if (isAllowed) expect(check()).toHaveLength(count);
    else expect(check).toThrow(/1024 bytes.*got \d+ bytes/);
  });

  test('a message repeats only the beginning of a bad name', () => {
    expect(() => checkName(`/${'x'.repeat(10_000)}`)).toThrow(/^.{0,300}$/);
  });
});

test('an accepted name survives its URL, and a browser resolves it below the CDN', () => {
  fc.assert(
    fc.property(anyName, (name) => {
      let accepted: string;
      try {
        accepted = checkName(name);
      } catch {
        return;
      }
      const url = new URL(`https://cdn.example/base/${urlPath(accepted)}.jpg`);
      expect(url.pathname.startsWith('/base/')).toBe(true);
      expect(decodeURIComponent(url.pathname)).toBe(`/base/${name}.jpg`);
      expect(url.search + url.hash).toBe('');
    }),
    { numRuns: 1000 },
  );
});
