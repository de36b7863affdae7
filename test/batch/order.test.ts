import { expect, test } from '@jest/globals';
import { look, png } from './support/pictures.ts';
import { destination, type Rig, records, source, withBatch } from './support/rig.ts';

const repeated = { copies: [1, 4] as const, delayMs: [0, 60] as const, isShuffled: true, lostAnswers: 0.2 };

/** Every output is of its source's newest generation, by its metadata and by its pixels. */
async function expectNewest(rig: Rig, name: string, output: string, red: number): Promise<void> {
  const live = await rig.store.stat({ bucket: source, name });
  const made = await rig.store.stat({ bucket: destination, name: output });
  expect(made?.metadata['source-generation']).toBe(live?.generation);
  expect(Math.abs((await look(await rig.output(output))).red - red)).toBeLessThan(8);
}

test('repeated, shuffled and lost events of overwritten sources end in the newest outputs, each written once', () =>
  withBatch({ switches: repeated, seed: 7 }, async (rig) => {
    const sources = Array.from({ length: 4 }, (_, index) => `s${index}.png`);
    const metadata = { formats: 'jpg,webp' };
    for (const round of [0, 1, 2]) {
      const data = await png(24, 16, 40 + 80 * round);
      await Promise.all(sources.map((name) => rig.upload(name, data, metadata)));
    }
    await rig.settled();
    const outputs = sources.flatMap((name) => ['jpg', 'webp'].map((format) => name.replace('png', format)));
    expect(await rig.names(destination)).toEqual(outputs.toSorted());
    for (const name of sources) {
      for (const format of ['jpg', 'webp']) await expectNewest(rig, name, name.replace('png', format), 200);
    }
    expect(await rig.names(records)).toEqual([]);
    const written = rig.linesOf('converted').map((line) => JSON.stringify([line.output, line.source]));
    expect(new Set(written).size).toBe(written.length);
  }));

test('with storage that fails now and then no output is lost or written twice', () =>
  withBatch({ seed: 3 }, async (rig) => {
    const data = await png();
    const faults = [
      { path: 'imagetx-(src|dst|records)', status: 503, probability: 0.15, seed: 5 },
      { path: 'alt=media', cutResponseAfterBytes: 500, probability: 0.2, seed: 6 },
      { method: 'POST', path: 'imagetx-dst', cutResponseAfterBytes: 0, probability: 0.3, seed: 8 },
    ];
    const sources = ['a', 'b', 'c', 'd'];
    for (const name of sources) await rig.upload(`${name}.png`, data, { formats: 'jpg,webp' });
    rig.storage.faults.add(...faults);
    await rig.settled();
    rig.storage.faults.clear();
    const outputs = sources.flatMap((name) => [`${name}.jpg`, `${name}.webp`]);
    expect(await rig.names(destination)).toEqual(outputs);
    expect(await rig.names(records)).toEqual([]);
  }));

test('a source that cannot be converted leaves a record for each output, once', () =>
  withBatch({ switches: repeated, seed: 2 }, async (rig) => {
    await rig.upload('bad.png', Buffer.from('hello'), { formats: 'jpg,webp' });
    await rig.settled();
    expect(await rig.names(records)).toEqual(['_failed/bad.jpg.json', '_failed/bad.webp.json']);
    await rig.upload('bad.png', await png(), { formats: 'jpg,webp' });
    await rig.settled();
    expect(await rig.names(records)).toEqual([]);
    expect(await rig.names(destination)).toEqual(['bad.jpg', 'bad.webp']);
  }));
