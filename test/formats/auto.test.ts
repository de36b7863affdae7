import { afterAll, expect, test } from '@jest/globals';
import { acceptedFormats } from '../../engine/formats/accept.ts';
import { sharp } from '../../engine/native/sharp.ts';
import { jpeg, open, png, quad, scenery } from '../engine/support/pictures.ts';
import { isolated, run } from './support/conversions.ts';

afterAll(async () => await isolated.close());

test.each([
  ['image/webp,image/png', ['webp', 'png']],
  ['image/png;q=0.5, image/webp;q=0.9', ['webp', 'png']],
  ['image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8', ['avif', 'webp', 'apng', 'svg']],
  ['image/webp;q=0, image/jpeg', ['jpeg']],
  ['IMAGE/JPG', ['jpeg']],
  ['text/html, */*', []],
  ['image/webp;q=x', ['webp']],
  ['', []],
  [undefined, []],
])('Accept %j means %j', (accept, names) => {
  expect(acceptedFormats(accept)).toEqual(names);
});

const photo = () => jpeg(scenery(80, 60));
const exactPhoto = () => png(scenery(80, 60));
const drawing = () => png(quad());
const seeThrough = () =>
  open({ ...quad(), channels: 3 })
    .ensureAlpha(0.5)
    .png()
    .toBuffer();
const moving = () =>
  sharp(Buffer.from([0, 0, 0, 255, 255, 255]), { raw: { width: 1, height: 2, channels: 3, pageHeight: 1 } })
    .gif({ delay: [100, 100] })
    .toBuffer();

test.each([
  ['a photograph', photo, ['avif', 'webp'], 'avif'],
  ['a photograph', photo, ['webp', 'jpeg'], 'webp'],
  ['a photograph', photo, ['jpeg'], 'jpeg'],
  ['a photograph', photo, [], 'jpeg'],
  ['a photograph without loss', exactPhoto, [], 'jpeg'],
  ['a photograph', photo, ['gif'], 'jpeg'],
  ['a drawing', drawing, [], 'png'],
  ['a drawing', drawing, ['jpeg'], 'png'],
  ['a drawing', drawing, ['webp'], 'webp'],
  ['something see-through', seeThrough, ['jpeg'], 'png'],
  ['something see-through', seeThrough, ['jpeg', 'webp'], 'webp'],
  ['an animation', moving, ['avif', 'webp'], 'webp'],
  ['an animation', moving, ['apng', 'png'], 'apng'],
  ['an animation', moving, [], 'gif'],
  ['an animation', moving, ['avif'], 'avif'],
])('auto makes %s (%#) for clients that take %j: %s', async (_, make, accept, name) => {
  const { format } = await run(await make(), { type: 'auto' }, { accept });
  expect(format.name).toBe(name);
});

test('a drawing for WebP has no loss', async () => {
  const input = await drawing();
  const { data } = await run(input, { type: 'auto' }, { accept: ['webp'] });
  expect(await sharp(data).raw().toBuffer()).toEqual(await sharp(input).raw().toBuffer());
});
