import { expect, test } from '@jest/globals';
import { runCampaign } from './campaign.ts';
import { runCollisions } from './collisions.ts';

test('after all faults at once each source has exactly its newest outputs, or failure records', async () => {
  const { verdict } = await runCampaign({ sources: 30, formats: ['jpg', 'webp'], seed: 7, kills: 2 });
  expect(verdict.faults).toEqual([]);
  expect(verdict.counts.sources).toBe(30);
});

test('no picture with a colliding name is lost, although converted sources are deleted', async () => {
  const { faults, figures } = await runCollisions({ sources: 40, seed: 3, kills: 1 });
  expect(faults).toEqual([]);
  expect(figures.kept).toBeGreaterThan(5);
  expect(figures.converted).toBeGreaterThan(5);
});
