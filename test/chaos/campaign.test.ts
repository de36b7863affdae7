import { expect, test } from '@jest/globals';
import { runCampaign } from './campaign.ts';

test('after every fault at once each source has exactly its newest outputs, or a record of why not', async () => {
  const { verdict } = await runCampaign({ sources: 30, formats: ['jpg', 'webp'], seed: 7, kills: 2 });
  expect(verdict.faults).toEqual([]);
  expect(verdict.counts.sources).toBe(30);
});
