import { afterAll, expect, test } from '@jest/globals';
import { isolated } from './support/conversions.ts';
import { fixture } from './support/fixtures.ts';

afterAll(async () => await isolated.close());

test('the worker stays within bounds after many pictures', async () => {
  const input = await fixture('jxl');
  const sizes: number[] = [];
  for (let count = 0; count < 120; count += 1) {
    const details = { coder: 'JXL', page: 0, maxPixels: 1e6 };
    const { details: made } = await isolated.run({ task: 'magick.read', details, data: input });
    sizes.push(Number(made.residentBytes));
  }
  // Garbage comes and goes; what stays does not.
  const [early, late] = [sizes.slice(20, 40), sizes.slice(-20)].map((some) => Math.min(...some));
  expect((late ?? 0) - (early ?? 0)).toBeLessThan(60e6);
});
