import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import sharp from 'sharp';
import { jpeg, open, png, quad, scenery } from '../engine/support/pictures.ts';
import { removeDir, temporaryDir } from '../support/folder.ts';
import { closeAtEnd, get, post, type Server, startServer } from './setup.ts';

async function moving(): Promise<Buffer> {
  const { data, ...raw } = quad(8, 16);
  return await sharp(data, { raw: { ...raw, pageHeight: 8 } })
    .gif({ delay: [100, 100] })
    .toBuffer();
}

const pictures = {
  photograph: () => jpeg(scenery(80, 60)),
  drawing: () => png(quad()),
  'see-through drawing': () => open(quad()).ensureAlpha(0.5).png().toBuffer(),
  animation: moving,
} as const;

const servers: Record<string, Server> = {};
let dir: string;
beforeAll(async () => {
  dir = await temporaryDir();
  closeAtEnd({ close: () => removeDir(dir) });
  await writeFile(path.join(dir, 'photograph.jpg'), await pictures.photograph());
  servers.imaginary = await startServer();
  servers.content = await startServer(['-mount', dir], { AUTO_TYPE: 'content' });
});
const url = (rule: string): string => servers[rule]?.url ?? '';

const modern = 'image/avif,image/webp,*/*;q=0.8';
test.each([
  ['imaginary', 'photograph', modern, 'webp'],
  ['imaginary', 'photograph', 'image/jpeg;q=0.1,image/webp', 'jpeg'],
  ['imaginary', 'see-through drawing', 'image/jpeg', 'jpeg'],
  ['imaginary', 'drawing', '*/*', 'png'],
  ['content', 'photograph', modern, 'avif'],
  ['content', 'photograph', 'image/avif;q=0.1,image/webp', 'webp'],
  ['content', 'photograph', 'image/jpeg;q=0.1,image/webp', 'webp'],
  ['content', 'photograph', '*/*', 'jpeg'],
  ['content', 'drawing', 'image/jpeg', 'png'],
  ['content', 'see-through drawing', 'image/jpeg,image/webp;q=0.5', 'webp'],
  ['content', 'animation', modern, 'webp'],
  ['content', 'animation', '*/*', 'gif'],
] as const)('with AUTO_TYPE=%s, type=auto of a %s for %s is %s', async (rule, name, accept, type) => {
  const { status, headers } = await post(url(rule), '/resize?width=8&type=auto', await pictures[name](), {
    accept,
  });
  expect([status, headers['content-type'], headers.vary]).toEqual([200, `image/${type}`, 'Accept']);
});

test('the ETag of an answer chosen by content depends on Accept', async () => {
  const asked = '/resize?width=8&type=auto&file=photograph.jpg';
  const first = await get(url('content'), asked, { accept: 'image/webp' });
  const tag = { 'if-none-match': String(first.headers.etag) };
  const statuses = await Promise.all(
    ['image/webp', 'image/webp;q=0.9, */*', 'image/jpeg'].map(
      async (accept) => (await get(url('content'), asked, { accept, ...tag })).status,
    ),
  );
  expect([first.headers['content-type'], ...statuses]).toEqual(['image/webp', 304, 304, 200]);
});
