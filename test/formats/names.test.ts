import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { inputFormat, stemOf } from '../../engine/formats/index.ts';

const stems: readonly (readonly [name: string, stem: string])[] = [
  ['logo.png', 'logo'],
  ['LOGO.PNG', 'LOGO'],
  ['a.b.png', 'a.b'],
  ['photo.jpe', 'photo'],
  ['a.b/logo', 'a.b/logo'],
  ['a.png/logo', 'a.png/logo'],
  ['.png', '.png'],
  ['a/.png', 'a/.png'],
  ['drawing.svgz', 'drawing'],
  ['none', 'none'],
  ['dot.', 'dot.'],
  ['dir/logo.tar.gz', 'dir/logo.tar.gz'],
  ['drawing.svg.gz', 'drawing.svg.gz'],
  ['cam/2026-11-28T10:00:00.123456', 'cam/2026-11-28T10:00:00.123456'],
  ['Screenshot 2024-01-02 at 10.30.15', 'Screenshot 2024-01-02 at 10.30.15'],
  ['Screenshot 2024-01-02 at 10.30.15.png', 'Screenshot 2024-01-02 at 10.30.15'],
  ['v1.1', 'v1.1'],
  ['v1.1.webp', 'v1.1'],
  ['com.example.icon', 'com.example.icon'],
  ['logo.constructor', 'logo.constructor'],
];

test.each(stems)('the stem of %s is %s', (name, stem) => {
  expect(stemOf(name)).toBe(stem);
});

test('two names without a picture’s extension have different stems', () => {
  const ending = fc.string({ unit: 'grapheme-ascii', minLength: 1 }).filter((text) => !/[./]/.test(text));
  const property = fc.property(ending, ending, (one, other) => {
    const stemsOfBoth = [one, other].map((end) => stemOf(`a.${end}`));
    const areFormats = [one, other].some((end) => inputFormat(end) !== undefined);
    if (!areFormats && one !== other) expect(stemsOfBoth[0]).not.toBe(stemsOfBoth[1]);
  });
  fc.assert(property);
});
