import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { createObjectStore, type ObjectStore } from '../../cloud/storage.ts';
import { startStorage } from '../../local/storage/server.ts';
import { inFolder } from '../support/folder.ts';
import { pretendCloud, type Ran, ran } from './support/world.ts';

const buckets = ['p-imagetx-src', 'p-imagetx-dst', 'p-imagetx-records'];
const [source = '', destination = ''] = buckets;

interface Clouds {
  readonly store: ObjectStore;
  /** Runs a command on the local cloud, whose Fan is set so. */
  readonly local: (args: string, settings?: Record<string, string>) => Promise<Ran>;
  /** Runs it on a project, whose Fan tells these settings, or cannot be asked. */
  readonly google: (args: string, settings?: Record<string, string>, env?: object) => Promise<Ran>;
}

/** Answers as Cloud Run does about the service `fan`. */
async function cloudRun(settings: Record<string, string> | undefined) {
  const server = createServer((req, res) => {
    const isKnown = req.url === '/v2/projects/p/locations/us-central1/services/fan' && settings;
    const env = Object.entries(settings ?? {}).map(([name, value]) => ({ name, value }));
    res.writeHead(isKnown ? 200 : 403).end(JSON.stringify({ template: { containers: [{ env }] } }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const withClouds = (work: (clouds: Clouds) => Promise<void>): Promise<void> =>
  inFolder(async (dir) => {
    const storage = await startStorage({ dir: join(dir, 'storage'), port: 0, buckets });
    const place = {
      SRC_BUCKET_NAME: source,
      DEST_BUCKET_NAME: destination,
      RECORDS_BUCKET: 'p-imagetx-records',
      STORAGE_EMULATOR_HOST: storage.url,
    };
    await writeFile(join(dir, 'a.png'), 'x');
    const argsOf = (text: string) =>
      text.split(' ').map((word) => (word === 'a.png' ? join(dir, word) : word));
    try {
      await work({
        store: createObjectStore({ projectId: 'p', endpoint: storage.url }),
        local: async (args, settings = {}) => {
          await pretendCloud(join(dir, 'cloud'), { ...place, ...settings });
          return await ran([...argsOf(args), '--local', join(dir, 'cloud')]);
        },
        google: async (args, settings, env = {}) => {
          const { server, url } = await cloudRun(settings);
          const all = { ...place, CLOUD_RUN_ENDPOINT: url, ...env };
          const local = ['--local', join(dir, 'none')];
          return await ran([...argsOf(args), '--project', 'p', ...local], { env: all }).finally(() =>
            server.close(),
          );
        },
      });
    } finally {
      await storage.close();
    }
  });

const upload = (store: ObjectStore, name: string, metadata: Record<string, string> = {}) =>
  store.write({ bucket: source, name, data: Buffer.from('x'), contentType: 'image/png', metadata });

const excluding = { EXCLUDE: 'skip/**', DEFAULT_FORMATS: 'webp' };
const rules: readonly (readonly [command: string, code: number, said: RegExp])[] = [
  [`put a.png --formats png --to gs://${source}/skip/`, 2, /a\.png: Fan would ignore it: excluded$/],
  [`status gs://${source}/skip/b.png`, 1, /Fan ignores it: excluded$/],
  [`status gs://${source}/b.png`, 0, /^waiting\tb\.webp$/],
  [
    `backfill gs://${source}/ --dry-run`,
    0,
    /^2 objects \(1 request nothing\), 1 outputs, .*1 would be queued\nabout 0\.00 US\$ and 0\.1 hours/,
  ],
];

test.each(rules)('%s uses Fan’s settings, locally and on Google Cloud', (command, code, said) =>
  withClouds(async ({ store, local, google }) => {
    for (const name of ['skip/b.png', 'b.png']) await upload(store, name);
    for (const ended of [await local(command, excluding), await google(command, excluding)]) {
      expect(ended.code).toBe(code);
      expect(`${ended.out}${ended.err}`.trimEnd()).toMatch(said);
    }
    expect(await store.stat({ bucket: source, name: 'skip/a.png' })).toBeUndefined();
  }),
);

test('a flag wins over Fan’s settings, and those over the environment', () =>
  withClouds(async ({ store, google }) => {
    await upload(store, 'b.png');
    const status = `status gs://${source}/b.png`;
    const fan = { DEFAULT_FORMATS: 'webp', NAMES: 'full' };
    const env = { DEFAULT_FORMATS: 'jpg', DEFAULT_SIZES: '7' };
    expect((await google(status, fan, env)).out).toBe('waiting\tb.png.webp\n');
    expect((await google(`${status} --formats avif --names stem`, fan, env)).out).toBe('waiting\tb.avif\n');
  }));

test('without access to Fan’s settings a command uses the environment, and says so', () =>
  withClouds(async ({ store, google }) => {
    await upload(store, 'b.png');
    const ended = await google(`status gs://${source}/b.png`, undefined, { DEFAULT_FORMATS: 'jpg' });
    expect(ended.out).toBe('waiting\tb.jpg\n');
    expect(ended.err).toMatch(/^imagetx: the settings of fan in p, us-central1 cannot be read: .*403; /);
  }));

const madeFrom = (name: string, generation: string) => ({
  'source-bucket': source,
  'source-name': name,
  'source-generation': generation,
});

test('put reports before the upload that another source has the output', () =>
  withClouds(async ({ store, local }) => {
    const generation = await upload(store, 'a.gif', { formats: 'webp' });
    const output = { bucket: destination, data: Buffer.from('x'), contentType: 'image/webp' };
    for (const name of ['a.webp', '1.webp'])
      await store.write({ ...output, name, metadata: madeFrom('a.gif', generation) });
    const taken = await local('put a.png --formats webp --timeout 0');
    expect([taken.code, taken.out]).toEqual([1, '']);
    expect(taken.err).toMatch(
      /a\.png: a\.webp: expected a free name, but gs:\/\/p-imagetx-src\/a\.gif has it; /,
    );
    expect(await store.stat({ bucket: source, name: 'a.png' })).toBeUndefined();
    const shared = await local('put a.png --formats webp --name 1 --timeout 0');
    expect([shared.code, shared.out]).toEqual([0, '']);
    expect(shared.err).toMatch(/a\.png: replaces 1\.webp, which was made of gs:\/\/p-imagetx-src\/a\.gif\n/);
    expect((await local('put a.png --formats webp --names full --timeout 0')).code).toBe(0);
  }));

test('no output waits without end: status reports what another source has, and backfill does not queue it', () =>
  withClouds(async ({ store, local }) => {
    const older = await upload(store, 'Z.svg', { formats: 'png' });
    const newer = await upload(store, 'Z.jpg', { formats: 'png' });
    const record = { bucket: 'p-imagetx-records', name: '_failed/Z.png.json', data: Buffer.from('{}') };
    await store.write({ ...record, contentType: 'application/json', metadata: madeFrom('Z.jpg', newer) });
    const status = `status gs://${source}/Z.svg`;
    expect((await local(status)).out).toBe('failed\tZ.png\ta newer upload writes this output\n');
    expect((await local(`backfill gs://${source}/Z.svg --dry-run`)).out).toMatch(
      /1 failed, 0 would be queued/,
    );

    await store.remove(record);
    const output = { bucket: destination, name: 'Z.png', data: Buffer.from('x'), contentType: 'image/png' };
    await store.write({ ...output, metadata: madeFrom('Z.svg', older) });
    const lost = await local(`status gs://${source}/Z.jpg --timeout 300`);
    expect([lost.code, lost.out]).toEqual([
      1,
      expect.stringMatching(/^failed\tZ\.png\t.*gs:\/\/.*Z\.svg has it/),
    ]);
    expect((await local(`backfill gs://${source}/ --dry-run`)).out).toMatch(/1 done, 1 failed, 0 would be/);
  }));

test('pieces of composite uploads are not sources', () =>
  withClouds(async ({ store, local }) => {
    const piece = 'gcloud/tmp/parallel_composite_uploads/see_gcloud_storage_cp_help_for_details/x_0';
    await upload(store, piece, { formats: 'jpg' });
    expect((await local(`status gs://${source}/${piece}`)).out).toMatch(/Fan ignores it: a piece of a/);
    expect((await local(`backfill gs://${source}/gcloud/ --formats webp --dry-run`)).out).toMatch(
      /^1 objects \(1 request nothing\), 0 outputs/,
    );
  }));

test('retry finds all records of an output, and reports outputs that another source has replaced', () =>
  withClouds(async ({ store, local }) => {
    const records = { bucket: 'p-imagetx-records', contentType: 'application/json' };
    const lost = { output: '1.webp', reason: 'gs://p-imagetx-src/b.png is newer', source: { name: 'a.png' } };
    const names = ['1.webp', '1.webp.0123456789ab', '1.webp.avif'];
    for (const name of names) {
      const data = Buffer.from(JSON.stringify({ ...lost, output: name }));
      await store.write({ ...records, name: `_failed/${name}.json`, data });
    }
    const dry = await local('retry 1.webp --dry-run');
    expect(dry.out.trim().split('\n').toSorted()).toEqual(
      names.slice(0, 2).map((name) => `${name}\t${lost.reason}`),
    );
    const ended = await local('retry 1.webp --timeout 0');
    expect([ended.code, ended.err]).toEqual([1, expect.stringContaining('b.png is newer')]);
  }));
