import { expect, test } from '@jest/globals';
import { markDeleted } from '../../cloud/deleted_mark.ts';
import { decideClaim } from '../../convert_batch/claim.ts';
import { writeNewest } from '../../convert_batch/run/write_newest.ts';
import { look, png } from './support/pictures.ts';
import { destination, type Rig, records, source, withBatch } from './support/rig.ts';

const [red, blue] = [250, 5];
const deleting = { env: { DELETE_SOURCE: 'true', MANIFEST: 'true' } };
const keeping = { env: { MANIFEST: 'true' } };

async function put(rig: Rig, name: string, level: number, metadata: Record<string, string> = {}) {
  const generation = await rig.upload(name, await png(24, 16, level), { formats: 'webp', ...metadata });
  await rig.settled();
  return generation;
}

/** Whether an output shows the red picture, not the blue one. */
const isRed = async (rig: Rig, name: string): Promise<boolean> =>
  (await look(await rig.output(name))).red > 128;

const recordNames = async (rig: Rig): Promise<readonly string[]> =>
  (await rig.names(records)).filter((name) => name.startsWith('_failed/'));

test.each([
  ['still lives', keeping, ['cam/logo.gif', 'cam/logo.png']],
  ['was deleted because its outputs are there', deleting, ['cam/logo.gif']],
] as const)('a default name is not taken from a source that %s', (_, options, sources) =>
  withBatch(options, async (rig) => {
    await put(rig, 'cam/logo.png', red);
    await put(rig, 'cam/logo.gif', blue);
    expect(await isRed(rig, 'cam/logo.webp')).toBe(true);
    expect(await rig.names(source)).toEqual(sources);
    const record = await rig.record('_failed/cam/logo.webp.json');
    expect(record).toMatchObject({ code: 'name_taken', source: { name: 'cam/logo.gif' } });
    expect(record.reason).toMatch(/gs:\/\/imagetx-src\/cam\/logo\.png has it.*metadata name.*NAMES=full/);
    const manifest = await rig.record('_manifest/cam/logo.gif.json');
    expect(manifest.outputs['cam/logo.webp']).toMatchObject({ state: 'failed', code: 'name_taken' });
  }),
);

test('a second and a third source of the same default name get a record each', () =>
  withBatch(deleting, async (rig) => {
    await put(rig, 'logo.png', red);
    for (const name of ['logo.gif', 'logo.jpg', 'logo.PNG']) await put(rig, name, blue);
    expect(await rig.names(source)).toEqual(['logo.PNG', 'logo.gif', 'logo.jpg']);
    const all = await Promise.all((await recordNames(rig)).map((name) => rig.record(name)));
    expect(all.map((record) => record.source.name).toSorted()).toEqual(['logo.PNG', 'logo.gif', 'logo.jpg']);
    await put(rig, 'logo.png', red);
    expect(await recordNames(rig)).toHaveLength(3);
    await put(rig, 'logo.gif', blue, { name: 'other' });
    expect(await rig.names(destination)).toEqual(['logo.webp', 'other.webp']);
  }));

test.each(['cam/2026-11-28T10:00:00.123456 cam/2026-11-28T10:00:00.654321', 'v1.0 v1.1'])(
  'dotted names stay apart: %s',
  (names) =>
    withBatch(deleting, async (rig) => {
      const both = names.split(' ');
      await put(rig, both[0] ?? '', red);
      await put(rig, both[1] ?? '', blue);
      expect(await rig.names(destination)).toEqual(both.map((name) => `${name}.webp`));
      expect(await rig.names(source)).toEqual([]);
      expect(await recordNames(rig)).toEqual([]);
    }),
);

test('a default name with a width also belongs to one source', () =>
  withBatch(deleting, async (rig) => {
    await put(rig, 'logo-640w.png', red);
    await put(rig, 'logo.png', blue, { sizes: '640' });
    expect(await isRed(rig, 'logo-640w.webp')).toBe(true);
    expect(await rig.names(source)).toEqual(['logo.png']);
  }));

test('with NAMES=full both sources have outputs', () =>
  withBatch({ env: { ...deleting.env, NAMES: 'full' } }, async (rig) => {
    await put(rig, 'logo.png', red);
    await put(rig, 'logo.gif', blue);
    expect(await rig.names(destination)).toEqual(['logo.gif.webp', 'logo.png.webp']);
    expect(await rig.names(source)).toEqual([]);
    expect(await recordNames(rig)).toEqual([]);
  }));

test('a source that a user deleted frees its name, and a retry takes it', () =>
  withBatch({ ...keeping, tombstoneMs: 0 }, async (rig) => {
    const generation = await put(rig, 'logo.png', red);
    await put(rig, 'logo.gif', blue);
    await rig.store.remove({ bucket: source, name: 'logo.png', generation });
    const { job } = await rig.record('_failed/logo.webp.json');
    expect(await rig.post({ ...job, attempt: 1 })).toEqual({ status: 200, text: 'ok' });
    expect(await isRed(rig, 'logo.webp')).toBe(false);
    expect(await recordNames(rig)).toEqual([]);
  }));

test('of two sources with the same given name the newest wins, and the other gets a record', () =>
  withBatch(keeping, async (rig) => {
    const older = await put(rig, 'a.png', red, { name: '1' });
    await put(rig, 'b.png', blue, { name: '1' });
    expect(await isRed(rig, '1.webp')).toBe(false);
    const told = { code: 'superseded', reason: expect.stringContaining('gs://imagetx-src/b.png is newer') };
    const record = { ...told, source: { name: 'a.png', generation: older } };
    expect(await rig.record('_failed/1.webp.json')).toMatchObject(record);
    expect((await rig.record('_manifest/a.png.json')).outputs['1.webp']).toMatchObject(told);
    expect((await rig.record('_manifest/b.png.json')).outputs['1.webp']).toMatchObject({ state: 'done' });
    await rig.post({ source: 'a.png', generation: older, name: '1.webp', format: 'webp' });
    expect(await isRed(rig, '1.webp')).toBe(false);
    await put(rig, 'a.png', red, { name: '1' });
    expect(await isRed(rig, '1.webp')).toBe(true);
    expect((await rig.record('_failed/1.webp.json')).source.name).toBe('b.png');
  }));

test('a task that was cut off before it recorded the replaced source records it when it is repeated', () =>
  withBatch(keeping, async (rig) => {
    await put(rig, 'a.png', red, { name: '1' });
    const generation = await put(rig, 'b.png', blue, { name: '1' });
    const record = { bucket: records, name: '_failed/1.webp.json' };
    await rig.store.remove(record);
    await rig.post({ source: 'b.png', generation, name: '1.webp', format: 'webp' });
    expect((await rig.record(record.name)).source.name).toBe('a.png');
  }));

test('a given name does not replace the output of a source that was deleted after conversion', () =>
  withBatch(deleting, async (rig) => {
    await put(rig, 'a.png', red, { name: '1' });
    await put(rig, 'b.png', blue, { name: '1' });
    expect(await isRed(rig, '1.webp')).toBe(true);
    expect(await rig.names(source)).toEqual(['b.png']);
    expect(await rig.record('_failed/1.webp.json')).toMatchObject({ code: 'name_taken' });
  }));

test.each([{}, { name: 'logo' }])(
  '%j takes no output whose source an older release has deleted',
  (metadata) =>
    withBatch(deleting, async (rig) => {
      const origin = { 'source-bucket': source, 'source-name': 'logo.png', 'source-generation': '1' };
      const output = { bucket: destination, name: 'logo.webp', data: await png(24, 16, red) };
      await rig.store.write({ ...output, contentType: 'image/webp', metadata: origin });
      await put(rig, 'logo.gif', blue, metadata);
      expect(await isRed(rig, 'logo.webp')).toBe(true);
      expect(await rig.names(source)).toEqual(['logo.gif']);
      expect(await rig.record('_failed/logo.webp.json')).toMatchObject({ code: 'name_taken' });
    }),
);

test('a new generation of a deleted source replaces its own output', () =>
  withBatch(deleting, async (rig) => {
    await put(rig, 'logo.png', red);
    await put(rig, 'logo.png', blue);
    expect(await isRed(rig, 'logo.webp')).toBe(false);
    expect(await rig.names(source)).toEqual([]);
  }));

test('a default name does not replace an object that was not made from an upload', () =>
  withBatch(deleting, async (rig) => {
    const data = await png(24, 16, red);
    await rig.store.write({ bucket: destination, name: 'logo.webp', data, contentType: 'image/webp' });
    await put(rig, 'logo.png', blue);
    expect(await isRed(rig, 'logo.webp')).toBe(true);
    expect(await rig.names(source)).toEqual(['logo.png']);
  }));

test('of concurrent sources one gets the name, and every other keeps its source and gets a record', () =>
  withBatch({ ...deleting, switches: { copies: [1, 3], isShuffled: true }, seed: 5 }, async (rig) => {
    const pairs = Array.from({ length: 6 }, (_, at) => [`${at}.png`, `${at}.gif`]).flat();
    const data = await png();
    await Promise.all(pairs.map((name) => rig.upload(name, data, { formats: 'webp,jpg' })));
    await rig.settled();
    const live = new Set(await rig.names(source));
    const all = await Promise.all((await recordNames(rig)).map((name) => rig.record(name)));
    for (const name of pairs) {
      const base = name.replace(/\..*/, '');
      const made = await Promise.all(
        ['webp', 'jpg'].map((format) => rig.store.stat({ bucket: destination, name: `${base}.${format}` })),
      );
      const own = made.filter((facts) => facts?.metadata['source-name'] === name).length;
      const told = all.filter((record) => record.source.name === name).length;
      expect({ name, own, told, isLive: live.has(name) }).toEqual({
        name,
        own,
        told: 2 - own,
        isLive: own < 2,
      });
    }
  }));

test('an output that is marked between the check and the write stays', () =>
  withBatch(keeping, async (rig) => {
    const generation = await put(rig, 'a.png', red, { name: '1' });
    const place = { bucket: destination, name: '1.webp' };
    const current = await rig.store.stat(place);
    await markDeleted(rig.store, { ...place, generation: current?.generation ?? '' });
    const origin = { bucket: source, name: 'b.png', generation: `${BigInt(generation) + 1n}` };
    const claimant = { origin, job: { name: '1.webp' } };
    expect(await decideClaim(current, claimant, rig.store)).toEqual({ state: 'free' });
    const judged: string[] = [];
    const outcome = await writeNewest(rig.store, {
      ...place,
      ...{ data: Buffer.from('blue'), contentType: 'image/webp', origin, current, metadata: () => ({}) },
      mustKeep: async (there) => {
        const { state } = await decideClaim(there, claimant, rig.store);
        judged.push(state);
        return state === 'taken';
      },
    });
    expect([outcome.state, ...judged]).toEqual(['kept', 'free', 'taken']);
  }));

test('two broken sources of one output get a record each', () =>
  withBatch(keeping, async (rig) => {
    for (const name of ['Z.svg', 'Z.jpg']) {
      await rig.upload(name, Buffer.from('hello'), { formats: 'png' });
      await rig.settled();
    }
    const all = await Promise.all((await recordNames(rig)).map((name) => rig.record(name)));
    expect(all.map((record) => record.source.name).toSorted()).toEqual(['Z.jpg', 'Z.svg']);
    for (const record of all)
      expect(record.retry).toMatch(/^imagetx retry gs:\/\/imagetx-records\/_failed\/Z\.png\./);
    expect((await rig.record('_failed/Z.png.json')).source.name).toBe('Z.jpg');
    await put(rig, 'Z.svg', red, { formats: 'png' });
    const left = await Promise.all((await recordNames(rig)).map((name) => rig.record(name)));
    expect(left.map((record) => record.source.name)).toEqual(['Z.jpg']);
  }));
