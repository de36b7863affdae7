import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { look, png } from './support/pictures.ts';
import { destination, records, withBatch } from './support/rig.ts';

test('each output of an upload is made by a task of its own', () =>
  withBatch({}, async (rig) => {
    const generation = await rig.upload('logo.png', await png(), { name: '1', formats: 'svg, JPG,webp' });
    await rig.settled();

    expect(await rig.names(destination)).toEqual(['1.jpg', '1.svg', '1.webp']);
    expect(await look(await rig.output('1.jpg'))).toMatchObject({ format: 'jpeg', width: 24, height: 16 });
    expect(String(await rig.output('1.svg'))).toContain('<svg');
    expect(await rig.store.stat({ bucket: destination, name: '1.jpg' })).toMatchObject({
      contentType: 'image/jpeg',
      cacheControl: 'public, max-age=300, stale-while-revalidate=86400',
      metadata: { 'source-name': 'logo.png', 'source-generation': generation },
    });
    expect(rig.tasks.stats()).toMatchObject({ created: 3, done: 3, again: 0 });
    expect(await rig.names(records)).toEqual([]);
    expect(rig.linesOf('converted').map(({ filetype }) => filetype)).toEqual(
      expect.arrayContaining(['jpg', 'svg', 'webp']),
    );
  }));

const presetsFile = fileURLToPath(new URL('../../docs/presets.yaml', import.meta.url));

test('each preset of an upload is an output, made by a task of its own', () =>
  withBatch({ env: { PRESETS: presetsFile } }, async (rig) => {
    await rig.upload('logo.png', await png(), { presets: 'thumb_grey,hero,nope', formats: 'jpg' });
    await rig.settled();

    expect(await rig.names(destination)).toEqual(['logo-hero.avif', 'logo-thumb_grey.webp', 'logo.jpg']);
    const { red } = await look(await rig.output('logo-thumb_grey.webp'));
    const grey = await look(await rig.output('logo.jpg'));
    expect(red).not.toBe(grey.red);
    expect(await rig.names(records)).toEqual(['_failed/logo-nope.webp.json']);
    expect(rig.tasks.stats()).toMatchObject({ created: 4 });
  }));

test('placeholders that an upload asks for are in the metadata of the output and in the manifest', () =>
  withBatch({ env: { MANIFEST: 'true' } }, async (rig) => {
    await rig.upload('logo.png', await png(), { formats: 'jpg', placeholder: 'thumbhash,color' });
    await rig.upload('bad.png', await png(), { formats: 'jpg', placeholder: 'nope' });
    await rig.settled();

    const { metadata } = (await rig.store.stat({ bucket: destination, name: 'logo.jpg' })) ?? {};
    expect(metadata).toMatchObject({
      'placeholder-thumbhash': expect.stringMatching(/^[\w+/=]+$/),
      'placeholder-color': expect.stringMatching(/^#[0-9a-f]{6}$/),
    });
    const manifest = JSON.parse(
      String(await rig.store.read({ bucket: records, name: '_manifest/logo.png.json' })),
    );
    expect(manifest.outputs['logo.jpg'].placeholder.thumbhash).toBe(metadata?.['placeholder-thumbhash']);
    expect(await rig.names(records)).toContain('_failed/bad.jpg.json');
  }));

test('every output of a drawing is made at the first attempt, however many there are', () =>
  withBatch({}, async (rig) => {
    const drawing =
      '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><path d="M0 0h9v9z"/></svg>';
    await rig.upload('logo.svg', Buffer.from(drawing), { formats: 'webp,jpg,png', sizes: '8,16,24,32' });
    await rig.settled();
    expect(await rig.names(destination)).toHaveLength(12);
    expect(rig.linesOf('again')).toEqual([]);
  }));
