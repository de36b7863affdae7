import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Manifest } from '../../convert_batch/record.ts';
import { type ManifestUpdate, mergeUpdate } from '../../convert_batch/run/manifest.ts';
import { png } from './support/pictures.ts';
import { destination, records, source, withBatch } from './support/rig.ts';

const outputs = ['1.jpg', '1.webp', '1.avif'];
const update = (generation: string, output: string, state: 'done' | 'failed'): ManifestUpdate => ({
  origin: { bucket: 'src', name: 'logo.png', generation },
  outputs,
  output,
  entry: state === 'done' ? { state, bytes: 3 } : { state, reason: 'bad' },
});

const apply = (updates: readonly ManifestUpdate[]): Manifest | undefined =>
  updates.reduce<Manifest | undefined>((there, one) => mergeUpdate(there, one) ?? there, undefined);

test('a new manifest has all outputs waiting except the one that is updated', () => {
  expect(mergeUpdate(undefined, update('5', '1.jpg', 'done'))?.outputs).toEqual({
    '1.jpg': { state: 'done', bytes: 3 },
    '1.webp': { state: 'waiting' },
    '1.avif': { state: 'waiting' },
  });
});

test('a repeated update and an older generation change nothing', () => {
  const there = mergeUpdate(undefined, update('5', '1.jpg', 'done'));
  expect(mergeUpdate(there, update('5', '1.jpg', 'done'))).toBeUndefined();
  expect(mergeUpdate(there, update('5', '1.jpg', 'failed'))).toBeUndefined();
  expect(mergeUpdate(there, update('4', '1.webp', 'done'))).toBeUndefined();
});

test('updates in any order, repeated or not, end in the same manifest', () => {
  const news = fc.record({
    generation: fc.constantFrom('9', '10', '11'),
    output: fc.constantFrom(...outputs),
    state: fc.constantFrom('done' as const, 'failed' as const),
  });
  const property = fc.property(fc.array(news, { minLength: 1 }), fc.array(fc.nat()), (all, keys) => {
    const updates = all.map(({ generation, output, state }) => update(generation, output, state));
    const shuffled = [...updates, ...updates]
      .map((one, index) => ({ one, key: keys[index % Math.max(1, keys.length)] ?? index }))
      .toSorted((a, b) => a.key - b.key)
      .map(({ one }) => one);
    expect(apply(shuffled)).toEqual(apply(updates));
  });
  fc.assert(property, { numRuns: 300 });
});

test('concurrent outputs all update the manifest', () =>
  withBatch({ env: { MANIFEST: 'true' }, switches: { copies: [1, 3], isShuffled: true } }, async (rig) => {
    const metadata = { name: '1', formats: 'jpg,webp,nope', sizes: '8,12' };
    const generation = await rig.upload('a/logo.png', await png(), metadata);
    await rig.settled();
    const manifest = await rig.record('_manifest/a/logo.png.json');
    expect(manifest.source).toEqual({ bucket: source, name: 'a/logo.png', generation });
    const states = Object.entries(manifest.outputs as Manifest['outputs']).map(([name, { state }]) => [
      name,
      state,
    ]);
    expect(Object.fromEntries(states)).toEqual({
      '1-8w.jpg': 'done',
      '1-12w.jpg': 'done',
      '1-8w.webp': 'done',
      '1-12w.webp': 'done',
      '1-8w.nope': 'failed',
      '1-12w.nope': 'failed',
    });
    const facts = await rig.store.stat({ bucket: destination, name: '1-8w.jpg' });
    expect(manifest.outputs['1-8w.jpg']).toEqual({
      state: 'done',
      bytes: facts?.bytes,
      contentType: 'image/jpeg',
    });
    expect(manifest.outputs['1-8w.nope']).toMatchObject({ code: 'unsupported_output' });
  }));

test('a source is deleted when all of its outputs exist, and not before', () =>
  withBatch(
    { env: { DELETE_SOURCE: 'true' }, switches: { copies: [1, 3], isShuffled: true } },
    async (rig) => {
      await rig.upload('good.png', await png(), { formats: 'jpg,webp' });
      await rig.upload('half.png', await png(), { formats: 'jpg,nope' });
      await rig.settled();
      expect(await rig.names(source)).toEqual(['half.png']);
      expect(await rig.names(destination)).toEqual(['good.jpg', 'good.webp', 'half.jpg']);
      expect(await rig.names(records)).toEqual(['_failed/half.nope.json']);
    },
  ));
