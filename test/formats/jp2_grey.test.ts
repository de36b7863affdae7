import { readFileSync } from 'node:fs';
import { afterAll, expect, test } from '@jest/globals';
import { isolated } from './support/conversions.ts';
import { drawn, largestDifference, pixelsOf } from './support/pixels.ts';

afterAll(async () => await isolated.close());

const picture = drawn(24, 16, (x) => [x * 10, x * 10, x * 10, x < 12 ? 100 : 255]);

test.each([
  ['a codestream', 'j2k'],
  ['a container without a colour space', 'jp2'],
])('two components of %s are grey and opacity', async (_title, extension) => {
  const file = readFileSync(new URL(`fixtures/jp2/grey_opacity.${extension}`, import.meta.url));
  expect(largestDifference(await pixelsOf(file), picture)).toBe(0);
});
