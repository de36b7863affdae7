import { expect, test } from '@jest/globals';
import { stalePages } from '../../docs/generate.ts';

test('the generated pages are up to date (npm run docs writes them)', async () => {
  expect(await stalePages()).toEqual([]);
});
