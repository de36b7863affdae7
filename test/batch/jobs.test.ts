import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readConfig } from '../../common/fields/config.ts';
import { fanFields } from '../../convert_batch/gcf/config.ts';
import { jobsFor } from '../../convert_batch/plan.ts';
import { readSourceObject, type SourceObject } from '../../convert_batch/source.ts';
import { parsePresets } from '../../engine/catalog.ts';
import { formatNamed } from '../../engine/formats/index.ts';

const needed = {
  PROJECT_ID: 'p',
  LOCATION: 'l',
  RUN_URL: 'https://run',
  SERVICE_ACCOUNT: 'a@b',
  SRC_BUCKET_NAME: 'src',
  DEST_BUCKET_NAME: 'dst',
};
const settings = (env: Record<string, string> = {}) => readConfig(fanFields, { ...needed, ...env });
const object = (metadata: Record<string, string>, name = 'photos/cat.png'): SourceObject => ({
  bucket: 'src',
  name,
  generation: '17',
  bytes: 3,
  metadata,
});

type Metadata = Record<string, string>;
const namings: readonly [metadata: Metadata, names: readonly string[]][] = [
  [{ name: '1', formats: 'svg,jpg' }, ['1.svg', '1.jpg']],
  [{ formats: 'jpg' }, ['photos/cat.jpg']],
  [{ formats: 'jpg', name: '  ' }, ['photos/cat.jpg']],
  [{ formats: 'jpg', name: 'a/b.c' }, ['a/b.c.jpg']],
  [{ formats: ' JPG , WebP,, ' }, ['photos/cat.jpg', 'photos/cat.webp']],
  [{ formats: 'jpeg,jpg,JPG,jpe' }, ['photos/cat.jpeg']],
  [{ formats: 'jpg,png,jpeg' }, ['photos/cat.jpg', 'photos/cat.png']],
  [{ formats: 'nope,nope' }, ['photos/cat.nope']],
  [{ name: 'x', formats: 'webp', sizes: '320, 640' }, ['x-320w.webp', 'x-640w.webp']],
  [{ name: 'x', formats: 'jpg,webp', sizes: '0320,320' }, ['x-320w.jpg', 'x-320w.webp']],
];

test.each(namings)('%j makes %j', (metadata, names) => {
  const { jobs } = jobsFor(object(metadata), settings());
  expect(jobs.map(({ name }) => name)).toEqual(names);
  for (const job of jobs) {
    expect(job).toMatchObject({ bucket: 'src', source: 'photos/cat.png', generation: '17', fault: '' });
    expect(JSON.parse(job.outputs)).toEqual(names);
  }
});

const queries: readonly [metadata: Metadata, env: Metadata, params: readonly string[]][] = [
  [{ formats: 'jpg,webp', params: 'quality=70' }, {}, ['quality=70', 'quality=70']],
  [
    { formats: 'jpg,webp', params: 'quality=70', 'params-webp': 'quality=50&lossless=true' },
    {},
    ['quality=70', 'quality=50&lossless=true'],
  ],
  [{ formats: 'jpeg', 'params-jpg': 'quality=50' }, {}, ['quality=50']],
  [{ formats: 'jpg', sizes: '320,640', params: 'width=9' }, {}, ['width=320', 'width=640']],
  [{ formats: 'jpg' }, { DEFAULT_PARAMS: 'quality=60' }, ['quality=60']],
  [{ formats: 'jpg', params: '' }, { DEFAULT_PARAMS: 'quality=60' }, ['']],
];

test.each(queries)('%j with settings %j has parameters %j', (metadata, env, params) => {
  expect(jobsFor(object(metadata), settings(env)).jobs.map((job) => job.params)).toEqual(params);
});

const ignored: readonly [reason: string, name: string, metadata: Metadata, env: Metadata, more?: object][] = [
  ['no formats asked for', 'a.png', {}, {}],
  ['no formats asked for', 'a.png', { formats: ' , ' }, {}],
  ['no formats asked for', 'a.png', { formats: '' }, { DEFAULT_FORMATS: 'jpg' }],
  ['a folder', 'a/', { formats: 'jpg' }, {}],
  ['an empty object', 'a.png', {}, { DEFAULT_FORMATS: 'jpg' }, { bytes: 0 }],
  ['another bucket', 'a.png', { formats: 'jpg' }, {}, { bucket: 'dst' }],
  [
    'a piece of a composite upload',
    '77/gsutil/tmp/parallel_composite_uploads/for_details_see/gsutil_help_cp/x_0',
    { formats: 'jpg' },
    {},
  ],
  [
    'a piece of a composite upload',
    'gcloud/tmp/parallel_composite_uploads/see_gcloud_storage_cp_help_for_details/x.jpg_0',
    { formats: 'jpg' },
    {},
  ],
  ['a piece of a composite upload', 'gcs-go-sdk-pcu-tmp/x-7', {}, { DEFAULT_FORMATS: 'jpg' }],
  ['a piece of a composite upload', 'aB3;x1;0001-0032.part', {}, { DEFAULT_FORMATS: 'jpg' }],
  ['a piece of a composite upload', '.gcsfuse_tmp/17', {}, { DEFAULT_FORMATS: 'jpg' }],
  ['a record of ours', '_failed/1.jpg.json', { formats: 'jpg' }, {}],
  ['a record of ours', '_manifest/a.json', { formats: 'jpg' }, {}],
  ['an output of ours', 'out/1.jpg', { formats: 'jpg' }, { DEST_BUCKET_NAME: 'src', DEST_PREFIX: 'out/' }],
  ['not included', 'a.png', { formats: 'jpg' }, { INCLUDE: 'photos/**,*.jpg' }],
  ['excluded', 'a.tmp', { formats: 'jpg' }, { EXCLUDE: '**/*.tmp' }],
];

test.each(ignored)(
  '%s: %j with metadata %j and settings %j makes nothing',
  (reason, name, metadata, env, more = {}) => {
    expect(jobsFor({ ...object(metadata, name), ...more }, settings(env))).toEqual({
      jobs: [],
      ignored: reason,
    });
  },
);

test('objects without metadata get the formats and sizes of the settings', () => {
  const env = { DEFAULT_FORMATS: 'webp', DEFAULT_SIZES: '10,20', DEST_PREFIX: 'out/', INCLUDE: 'photos/**' };
  const names = (metadata: Metadata) => jobsFor(object(metadata), settings(env)).jobs.map(({ name }) => name);
  expect(names({})).toEqual(['out/photos/cat-10w.webp', 'out/photos/cat-20w.webp']);
  expect(names({ formats: 'jpg', sizes: '' })).toEqual(['out/photos/cat.jpg']);
});

const faults: readonly [metadata: Metadata, fault: RegExp, count: number, name?: string, bytes?: number][] = [
  [{ formats: 'jpg,png' }, /^object: expected a picture, got 0 bytes$/, 2, 'a.png', 0],
  [{ formats: 'jpg', name: 'folder/' }, /^name: expected .* a trailing slash/, 1],
  [{ formats: 'jpg', name: 'folder/', sizes: '640' }, /^name: expected .* a trailing slash/, 1],
  [{ formats: 'jpg' }, /^name of the object: expected .*got "a\/\/b\.jpg": an empty folder/, 1, 'a//b.jpg'],
  [{ formats: 'jpg', 'cache-control': 'a\nb' }, /^cache-control: expected a header/, 1],
  [{ formats: 'jpg', name: '../x' }, /^name: expected .*\. or \.\./, 1],
  [{ formats: 'jpg', name: '/x' }, /leading slash/, 1],
  [{ formats: 'jpg', name: '_failed/x' }, /reserved folder/, 1],
  [{ formats: 'jpg,png', name: 'a\nb' }, /control characters/, 2],
  [{ formats: 'jpg', name: 'x'.repeat(1021) }, /at most 1024 bytes .*got 1025 bytes/, 1],
  [{ formats: 'jpg', sizes: 'big' }, /^sizes: expected widths from 1 to 16383, got "big"/, 1],
  [{ formats: 'jpg,png', sizes: '0,-1' }, /^sizes/, 4],
  [{ formats: 'jpg', sizes: '16384' }, /^sizes/, 1],
  [
    { formats: 'jpg,png', sizes: Array.from({ length: 51 }, (_, i) => i + 1).join() },
    /at most 100 outputs, got 102/,
    1,
  ],
];

test.each(faults)(
  '%j makes jobs that only record why: %s',
  (metadata, fault, count, ...[name, bytes = 3]) => {
    const { jobs } = jobsFor({ ...object(metadata, name), bytes }, settings());
    expect(jobs).toHaveLength(count);
    for (const job of jobs) expect(job.fault).toMatch(fault);
  },
);

/** Listed, these outputs would need more memory than there is. */
test('metadata that asks for 400 million outputs makes one job that says so', () => {
  const words = Array.from({ length: 20_000 }, (_, number) => String(number + 1)).join();
  const { jobs } = jobsFor(object({ formats: words, sizes: words, presets: 'card' }), settings());
  expect(jobs.map(({ fault }) => fault)).toEqual([
    'formats, sizes and presets: expected at most 100 outputs, got 400000001',
  ]);
});

test('MAX_OUTPUT_SIDE bounds the widths of `sizes`', () => {
  const { jobs } = jobsFor(
    object({ formats: 'jpg', sizes: '20000,20001' }),
    settings({ MAX_OUTPUT_SIDE: '20000' }),
  );
  expect(jobs.map(({ fault }) => fault)).toEqual(['', 'sizes: expected widths from 1 to 20000, got "20001"']);
});

test('one bad size leaves the others alone', () => {
  const { jobs } = jobsFor(object({ formats: 'jpg', sizes: '10,x', name: 'a' }), settings());
  expect(jobs.map(({ name, fault }) => [name, fault !== ''])).toEqual([
    ['a-10w.jpg', false],
    ['a-xw.jpg', true],
  ]);
});

test('with NAMES=full no two objects have the same output', () => {
  const endings = ['.png', '-640w', '-640w-', '-640w--', '.', 'w', '.jpg-640w'];
  const name = fc.array(fc.constantFrom('a', ...endings), { minLength: 1 }).map((parts) => parts.join(''));
  const sizes = fc.constantFrom('', '640', '640,64', '1');
  const outputs = (one: string, widths: string) =>
    jobsFor(object({ formats: 'jpg', sizes: widths }, one), settings({ NAMES: 'full' })).jobs;
  const property = fc.property(name, name, sizes, sizes, (one, other, widths, otherWidths) => {
    if (one === other) return;
    const names = outputs(one, widths).map((job) => job.name);
    expect(outputs(other, otherWidths).filter((job) => names.includes(job.name))).toEqual([]);
  });
  fc.assert(property, { numRuns: 2000 });
});

const carries: readonly [what: string, more: object, env: Metadata, carried: object | undefined][] = [
  ['nothing', {}, {}, undefined],
  ['a cache header', { cacheControl: 'public, max-age=9' }, {}, { cacheControl: 'public, max-age=9' }],
  ['no word about packed bytes', { cacheControl: 'no-transform' }, {}, undefined],
  ['the rest of it', { cacheControl: 'private, no-transform' }, {}, { cacheControl: 'private' }],
  [
    'the key of the metadata first',
    { cacheControl: 'private', metadata: { formats: 'jpg', 'cache-control': 'max-age=1' } },
    { CARRY_METADATA: '*' },
    { cacheControl: 'max-age=1' },
  ],
  ['the language', { contentLanguage: 'de' }, {}, { contentLanguage: 'de' }],
  [
    'a file name, with the output’s extension',
    { contentDisposition: 'attachment; filename="cat.v1.png"; x=y' },
    {},
    { contentDisposition: 'attachment; filename="cat.v1.jpg"; x=y' },
  ],
  [
    'chosen metadata',
    { metadata: { formats: 'jpg', owner: 'me', alt: 'a cat', secret: 'x' } },
    { CARRY_METADATA: 'Owner,alt,formats,source-deleted' },
    { metadata: { owner: 'me', alt: 'a cat' } },
  ],
  [
    'all metadata but ours',
    { metadata: { formats: 'jpg', 'params-webp': 'quality=3', 'source-deleted': 'true', alt: 'a' } },
    { CARRY_METADATA: '*' },
    { metadata: { alt: 'a' } },
  ],
];

test.each(carries)('an output takes over %s', (_, more, env, carried) => {
  const { jobs } = jobsFor({ ...object({ formats: 'jpg' }), ...more }, settings(env));
  expect(jobs.map(({ carry }) => (carry ? JSON.parse(carry) : undefined))).toEqual([carried]);
});

const metadataOfAnyKind = fc.dictionary(
  fc.constantFrom('name', 'formats', 'sizes', 'params', 'params-webp', 'other'),
  fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('jpg,webp', 'jpg,jpeg', '1,2', 'a/b', 'width=3')),
);

test('for any metadata, outputs differ, and every name is valid or has a fault', () => {
  const property = fc.property(metadataOfAnyKind, fc.string({ minLength: 1 }), (metadata, name) => {
    const { jobs, ignored } = jobsFor(object(metadata, name), settings());
    expect(jobs.length > 0).toBe(ignored === undefined);
    const names = jobs.map((job) => job.name);
    expect(new Set(names).size).toBe(names.length);
    const kinds = jobs.map((job) => {
      const format = formatNamed(job.format)?.name ?? job.format;
      return `${format} ${job.name.slice(0, -job.format.length)}`;
    });
    expect(new Set(kinds).size).toBe(kinds.length);
    for (const job of jobs) {
      expect(job.format).toBe(job.format.trim().toLowerCase());
      if (job.fault) continue;
      expect(job.name.startsWith('/') || job.name.includes('\n')).toBe(false);
      expect(Buffer.byteLength(job.name)).toBeLessThanOrEqual(1024);
    }
  });
  fc.assert(property, { numRuns: 500 });
});

test('the same object always makes the same jobs', () => {
  const property = fc.property(metadataOfAnyKind, (metadata) => {
    const once = jobsFor(object(metadata), settings());
    expect(jobsFor(object({ ...metadata }), settings())).toEqual(once);
  });
  fc.assert(property, { numRuns: 100 });
});

const resource = { bucket: 'src', name: 'a.png', generation: '17', size: '3' };
const readings: readonly [what: string, data: unknown][] = [
  ['text', { ...resource, metadata: { Formats: 'jpg' } }],
  ['numbers', { ...resource, generation: 17, size: 3, metadata: { formats: 'jpg' } }],
  ['JSON as bytes', Buffer.from(JSON.stringify({ ...resource, metadata: { FORMATS: 'jpg' } }))],
];

test.each(readings)('an event with %s is read', (_, data) => {
  expect(readSourceObject(data)).toEqual({
    bucket: 'src',
    name: 'a.png',
    generation: '17',
    bytes: 3,
    metadata: { formats: 'jpg' },
  });
});

test.each([[undefined], ['{'], [[]], [{ ...resource, name: '' }], [{ ...resource, generation: 'x' }]])(
  'an event with data %j is refused',
  (data) => {
    expect(() => readSourceObject(data)).toThrow(/event: expected/);
  },
);

const presets = await parsePresets(`
thumb: { operation: crop, params: { width: 240, height: 240, type: auto } }
hero: { params: { type: avif, quality: 60 } }
`);
const withPresets = (env: Metadata = {}) => ({ ...settings(env), presets });
const thumb = '[{"operation":"crop","params":{"width":240,"height":240,"type":"auto"}}]';

const presetRows: readonly [metadata: Metadata, env: Metadata, names: readonly string[]][] = [
  [{ presets: 'thumb,hero' }, {}, ['photos/cat-thumb.webp', 'photos/cat-hero.avif']],
  [{ presets: ' hero , hero,' }, {}, ['photos/cat-hero.avif']],
  [{ presets: 'thumb', name: '1' }, {}, ['1-thumb.webp']],
  [{ presets: 'thumb', formats: 'jpg', sizes: '320' }, {}, ['photos/cat-320w.jpg', 'photos/cat-thumb.webp']],
  [{}, { DEFAULT_PRESETS: 'thumb', DEFAULT_FORMATS: 'jpg' }, ['photos/cat.jpg', 'photos/cat-thumb.webp']],
  [{ formats: 'png' }, { DEFAULT_PRESETS: 'thumb' }, ['photos/cat.png']],
  [{ presets: 'hero' }, { DEFAULT_FORMATS: 'jpg' }, ['photos/cat-hero.avif']],
  [{ presets: 'thumb' }, { NAMES: 'full' }, ['photos/cat.png-thumb.webp']],
];
test.each(presetRows)('with presets, %j and %j make %j', (metadata, env, names) => {
  const { jobs } = jobsFor(object(metadata), withPresets(env));
  expect(jobs.map(({ name, fault }) => [name, fault])).toEqual(names.map((name) => [name, '']));
});

test('the task of a preset has its steps, and neither params nor sizes change them', () => {
  const metadata = { presets: 'thumb', params: 'width=9', sizes: '64' };
  const { jobs } = jobsFor(object(metadata), withPresets());
  expect(jobs).toEqual([expect.objectContaining({ steps: thumb, params: '', format: 'webp' })]);
});

test('an unknown preset is a job with a fault, which becomes a failure record', () => {
  const { jobs } = jobsFor(object({ presets: 'nope,hero' }), withPresets());
  expect(jobs.map(({ name, fault }) => [name, fault])).toEqual([
    ['photos/cat-nope.webp', 'preset: expected one of thumb, hero; got "nope"'],
    ['photos/cat-hero.avif', ''],
  ]);
});

test('with NAMES=full no object has the output of another, with presets too', () => {
  const all = ['a', 'a-thumb', 'a-thumb-', 'a-hero', 'a-320w'].flatMap((name) => {
    const metadata = { formats: 'webp', presets: 'thumb' };
    return jobsFor(object(metadata, name), withPresets({ NAMES: 'full' })).jobs.map((job) => job.name);
  });
  expect(new Set(all).size).toBe(all.length);
});
