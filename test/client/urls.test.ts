import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { buildSync } from 'esbuild';
import { createClient, createSigner } from '../../client/index.ts';
import { createLoader } from '../../client/next.ts';
import provider, { getImage } from '../../client/nuxt.ts';
import { operationNames } from '../../client/tables.ts';
import { createTransformer } from '../../client/unpic.ts';
import { createSignature, signedNamePath } from '../../convert_stream/guards/signature.ts';
import { operations } from '../../engine/catalog.ts';

const url = 'https://img.example.org';
const images = createClient({ url: `${url}/` });
const cat = 'photos/cat 1.jpg';

test('every operation is a method that builds a URL', () => {
  expect(operationNames).toEqual(operations.map(({ name }) => name));
  expect(images.resize(cat, { width: 300, type: 'auto' })).toBe(
    `${url}/resize?file=photos%2Fcat+1.jpg&width=300&type=auto`,
  );
  expect(images.flip('https://example.org/a.png?x=1&y=2')).toBe(
    `${url}/flip?url=https%3A%2F%2Fexample.org%2Fa.png%3Fx%3D1%26y%3D2`,
  );
});

test.each([undefined, null, 42])('the source %p is refused at once', (source) => {
  expect(() => images.resize(source as never)).toThrow(/^expected the name or the bytes of a picture, got/);
});

test.each(['https://img.example.org/?a=1', 'https://img.example.org/#top'])(
  'the address %s is refused',
  (bad) => {
    expect(() => createClient({ url: bad })).toThrow('url: expected no ? and no #');
  },
);

test('parameters that are undefined or null are left out, and lists are joined', () => {
  expect(
    images.crop('a.png', { width: 3, height: undefined as never, gravity: null as never, flip: true }),
  ).toBe(`${url}/crop?file=a.png&width=3&flip=true`);
});

test('a pipeline is JSON, and a preset a path', () => {
  const made = images.pipeline('a.png', [
    { operation: 'autorotate' },
    { operation: 'crop', width: 30, height: 20, ignoreFailure: true },
  ]);
  expect(JSON.parse(new URL(made).searchParams.get('operations') ?? '')).toEqual([
    { operation: 'autorotate', params: {} },
    { operation: 'crop', params: { width: '30', height: '20' }, ignore_failure: true },
  ]);
  expect(images.preset('thumb', 'a.png', { width: 9 })).toBe(`${url}/preset/thumb?file=a.png&width=9`);
});

test('a srcset has a URL for each width, and a height shrinks with it', () => {
  const set = images.srcset('a.png', { widths: [200, 400], operation: 'crop', params: { height: 300 } });
  expect(set).toBe(
    `${url}/crop?file=a.png&height=150&width=200 200w, ${url}/crop?file=a.png&height=300&width=400 400w`,
  );
});

test('a picture has a source for each type, its size, and escaped text', () => {
  const html = images.picture('a.png', { widths: [200, 400], alt: '"<b>" & c', params: { height: 300 } });
  expect(images.picture('a.png', { widths: [9], alt: '', types: ['jpg', 'svg'] as never })).toMatch(
    /type="image\/jpeg".*type="image\/svg\+xml"/,
  );
  expect(html.match(/<source type="[^"]*"/g)).toEqual([
    '<source type="image/avif"',
    '<source type="image/webp"',
  ]);
  expect(html).toContain('alt="&quot;&lt;b&gt;&quot; &amp; c" loading="lazy"></picture>');
  expect(html).toContain('sizes="100vw" width="400" height="300"');
  expect(html).not.toMatch(/&(?!amp;|quot;|lt;|gt;)/);
});

test('widths come once and in order, and a background is seen while the picture loads', () => {
  const set = images.srcset('a.png', { widths: [400, 200, 400] });
  expect(set.match(/\d+w/g)).toEqual(['200w', '400w']);
  const options = { widths: [400, 200], alt: '', background: '#336699' };
  const html = images.picture('a.png', options);
  expect(html).toMatch(/<img src="[^"]*width=400[^"]*"/);
  expect(html).toContain('style="background:#336699"');
});

const page = readFileSync('docs/signing.md', 'utf8');
const vectors = [...page.matchAll(/^\| `(\S{32,})` \| `(\S+)` \|(?: `(\S+)`)? \| `(\S{43})` \|$/gm)].map(
  ([, key = '', path = '', query = '', sign = '']) => ({ key, path, query, sign }),
);

test.each(vectors)('it signs $path?$query as the service does', async ({ key, path, query, sign }) => {
  const signed = await createSigner({ key })(`${url}${path}?${query}`);
  expect(new URL(signed).searchParams.get('sign')).toBe(sign);
});

const key = 'k'.repeat(32);

test('with a key URLs are promises, signed with their prefix, and expire', async () => {
  const signing = createClient({ url: `${url}/api/v1`, signKey: key, expiresIn: 60 });
  const made = new URL(await signing.resize(cat, { width: 300 }));
  const { sign, ...given } = Object.fromEntries(made.searchParams);
  expect(Number(given.expires) * 1000).toBeGreaterThan(Date.now());
  const query = made.search.slice(1).replace(/&sign=.*/, '');
  expect(sign).toBe(createSignature(key, '/api/v1/resize', query));
  const html = await signing.picture(cat, { widths: [100], alt: '' });
  expect(html.match(/sign=/g)).toHaveLength(4);
});

test('an address without a scheme is signed by its path', async () => {
  const signed = await createClient({ url: '//img.example.org/p', signKey: key }).flip('a.png');
  expect(new URLSearchParams(signed.split('?')[1]).get('sign')).toBe(
    createSignature(key, '/p/flip', 'file=a.png'),
  );
});

test.each(['images/a b.png', 'preset/thumb'])('the name in %s is signed with its mark', async (path) => {
  const signed = new URL(await createSigner({ key })(`${url}/${encodeURI(path)}?w=9`));
  expect(signed.searchParams.get('sign')).toBe(createSignature(key, signedNamePath(`/${path}`), 'w=9'));
});

test('a prefix that contains images is no named picture', async () => {
  const made = new URL(await createClient({ url: `${url}/images`, signKey: key }).flip('a.png'));
  expect(made.searchParams.get('sign')).toBe(createSignature(key, '/images/flip', 'file=a.png'));
});

test.each(['', 'short', undefined as never])('the key %p is refused at once', (signKey) => {
  expect(() => createClient({ url, signKey })).toThrow(/^key: expected at least 32 characters, got \d/);
});

test('it is bundled for browsers without a dependency, in less than 4 kB', () => {
  const { outputFiles, metafile } = buildSync({
    entryPoints: ['client/index.ts'],
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    write: false,
    metafile: true,
  });
  expect(Object.keys(metafile.inputs).filter((file) => !file.startsWith('client/'))).toEqual([]);
  expect(gzipSync(outputFiles[0]?.contents ?? '').length).toBeLessThan(4096);
  expect(outputFiles[0]?.text).not.toMatch(/\bBuffer\b|\bprocess\b/);
});

test('next/image gets a URL for each width', () => {
  const loader = createLoader({ url, params: { stripmeta: true } });
  expect(loader({ src: '/photos/cat.jpg', width: 640, quality: 75 })).toBe(
    `${url}/resize?file=photos%2Fcat.jpg&width=640&type=auto&quality=75&stripmeta=true`,
  );
  const usual = createLoader({ url, params: { quality: 60 } });
  expect(usual({ src: 'a.png', width: 9 })).toContain('&quality=60');
  expect(usual({ src: 'a.png', width: 9, quality: 90 })).toContain('&quality=90');
});

test.each([
  ['cover', 'crop', ''],
  ['contain', 'resize', '&embed=true'],
  ['inside', 'fit', ''],
  ['fill', 'resize', '&force=true'],
])('Nuxt Image: fit %s is %s', (fit, operation, more) => {
  const { url: made } = getImage('/a.png', { baseURL: url, modifiers: { width: 30, height: 20, fit } });
  const [path = '', query = ''] = made.split('?');
  expect([path, new URLSearchParams(query).toString()]).toEqual([
    `${url}/${operation}`,
    new URLSearchParams(`file=a.png${more}&width=30&height=20&type=auto`).toString(),
  ]);
});

test('Nuxt Image: other modifiers are parameters, and the provider is a function', () => {
  const { url: made } = provider().getImage('a.png', {
    baseURL: url,
    modifiers: { width: 30, format: 'webp', blur: 3, colorspace: 'bw' },
  });
  expect(made).toBe(`${url}/resize?file=a.png&width=30&type=webp&sigma=3&colorspace=bw`);
  expect(() => getImage('a.png', {})).toThrow('expected options.baseURL');
});

test('unpic: a URL of the service is taken apart and built again', () => {
  const transform = createTransformer({ url });
  const first = transform('a.png', { width: 30, height: 20 });
  expect(first).toBe(`${url}/crop?file=a.png&width=30&height=20&type=auto`);
  expect(transform(first, { width: 60, height: 40 })).toBe(
    `${url}/crop?file=a.png&width=60&height=40&type=auto`,
  );
});

test('unpic: other parameters of a URL of the service stay, and its signature goes', () => {
  const signed = `${url}/resize?file=a.png&width=9&sepia=true&expires=1&sign=x`;
  expect(createTransformer({ url })(signed, { width: 30 })).toBe(
    `${url}/resize?file=a.png&width=30&type=auto&sepia=true`,
  );
});

test('unpic: an address that only begins like that of the service is a source', () => {
  const other = `${url}.example/resize?file=b.png`;
  expect(new URL(createTransformer({ url })(other, { width: 9 })).searchParams.get('url')).toBe(other);
});

const examples = [...readFileSync('docs/clients.md', 'utf8').matchAll(/^(images\..*) \/\/ => (.*)$/gm)];

test.each(examples.map(([, code = '', made = '']) => [code, made]))('docs/clients.md: %s', (code, made) => {
  expect(new Function('images', `return ${code}`)(images)).toBe(made);
});
