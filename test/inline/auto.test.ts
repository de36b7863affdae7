import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { jpeg, png, quad, scenery } from '../engine/support/pictures.ts';
import { post, png as seeThrough, startTestService, type TestService } from './setup.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(async () => await service.close());

const pictures = {
  photograph: () => jpeg(scenery(80, 60)),
  drawing: () => png(quad()),
  'see-through picture': () => seeThrough(),
} as const;

test.each([
  ['photograph', 'image/avif,image/webp;q=0.9,*/*;q=0.8', 'avif', 'image/avif'],
  ['photograph', 'image/avif;q=0.2,image/webp;q=0.9', 'webp', 'image/webp'],
  ['photograph', '*/*', 'jpg', 'image/jpeg'],
  ['drawing', 'image/jpeg', 'png', 'image/png'],
  ['see-through picture', 'image/jpeg,image/webp;q=0.1', 'webp', 'image/webp'],
] as const)('format=auto of a %s for %s ends in .%s', async (name, accept, extension, type) => {
  const stem = `auto/${name} ${accept.length}`;
  const image = { data: await pictures[name](), name: 'given.gif' };
  const answer = await post(service.convertUrl, { name: stem, format: 'Auto', image }, { accept });
  const object = `${stem}.${extension}`;
  expect(await answer.text()).toBe(
    `https://cdn.example/${object.split('/').map(encodeURIComponent).join('/')}`,
  );
  expect(await service.store.stat({ bucket: service.bucket, name: object })).toMatchObject({
    contentType: type,
  });
  const line = await service.line((one) => one.name === object);
  expect(line).toMatchObject({ event: 'converted', filetype: extension });
});

test('with format=auto and without a name, the output has the name of the file', async () => {
  const image = { data: await pictures.drawing(), name: 'folder.v2.tiff' };
  const answer = await post(service.convertUrl, { format: 'auto', image }, { accept: 'application/json' });
  expect(await answer.json()).toMatchObject({
    url: 'https://cdn.example/folder.v2.png',
    type: 'image/png',
  });
});
