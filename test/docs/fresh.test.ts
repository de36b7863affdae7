import { expect, test } from '@jest/globals';
import { stalePages } from '../../docs/generate.ts';

test('generated pages say what the tables say (npm run docs writes them)', async () => {
  expect(await stalePages()).toEqual([]);
});
