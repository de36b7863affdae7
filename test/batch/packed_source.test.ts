import { gzipSync } from 'node:zlib';
import { Storage } from '@google-cloud/storage';
import { expect, test } from '@jest/globals';
import { look, png } from './support/pictures.ts';
import { destination, type Rig, records, source, withBatch } from './support/rig.ts';

const save = (rig: Rig, name: string, data: Buffer, cacheControl?: string) =>
  new Storage({ apiEndpoint: rig.storage.url, projectId: 'local-dev' })
    .bucket(source)
    .file(name)
    .save(data, {
      resumable: false,
      metadata: {
        contentEncoding: 'gzip',
        contentType: 'image/png',
        ...(cacheControl ? { cacheControl } : {}),
        metadata: { formats: 'jpg' },
      },
    });

test('sources stored with Content-Encoding: gzip are converted, with and without no-transform', () =>
  withBatch({}, async (rig) => {
    const packed = gzipSync(await png());
    await save(rig, 'plain.png', packed);
    await save(rig, 'kept.png', packed, 'no-transform');
    await rig.settled();
    expect(await rig.names(records)).toEqual([]);
    expect(await rig.names(destination)).toEqual(['kept.jpg', 'plain.jpg']);
    expect(await look(await rig.output('kept.jpg'))).toMatchObject({ format: 'jpeg' });
  }));

test('a source whose Content-Encoding is wrong gets a record that says so', () =>
  withBatch({}, async (rig) => {
    await save(rig, 'odd.png', await png(), 'no-transform');
    await rig.settled();
    const record = await rig.record('_failed/odd.jpg.json');
    expect(JSON.stringify(record)).toContain('as its Content-Encoding says');
    expect(rig.linesOf('converted')).toEqual([]);
  }));
