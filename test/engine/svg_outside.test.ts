import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { decoded, flat, pixelAt } from './support/pictures.ts';
import { codeOf, run } from './support/run.ts';

const calls: string[] = [];
const recorder = createServer((request, response) => {
  calls.push(request.url ?? '');
  response.end();
});
let folder = '';
let origin = '';
let file = '';

beforeAll(async () => {
  recorder.on('connection', () => calls.push('connection'));
  await new Promise<void>((resolve) => recorder.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(recorder.address() as AddressInfo).port}`;
  folder = await mkdtemp(join(tmpdir(), 'outside-'));
  // Grey in the middle would show that the file was read.
  file = join(folder, 'secret.png');
  await writeFile(file, await flat(60, 40));
  await writeFile(
    join(folder, 'secret.svg'),
    '<svg xmlns="http://www.w3.org/2000/svg"><rect id="a" width="60" height="40" fill="#808080"/></svg>',
  );
});
beforeEach(() => {
  calls.splice(0);
});
afterAll(async () => {
  recorder.close();
  await rm(folder, { recursive: true });
});

/** Ways to point outside; `X` is where to. */
const ways: readonly (readonly [string, string])[] = [
  ['image href', '<image href="X.png" width="60" height="40"/>'],
  ['image xlink:href', '<image xlink:href="X.png" width="60" height="40"/>'],
  ['use', '<use href="X.svg#a"/>'],
  [
    'feImage',
    '<filter id="f"><feImage href="X.png"/></filter><rect width="60" height="40" filter="url(#f)"/>',
  ],
  ['style import', '<style>@import url("X.css");</style>'],
  ['style fill', '<rect width="60" height="40" style="fill:url(X.svg#a)"/>'],
  [
    'font face',
    '<style>@font-face{font-family:x;src:url(X.ttf)}</style><text font-family="x" y="20">a</text>',
  ],
  ['mask', '<rect width="60" height="40" fill="#fff" mask="url(X.svg#a)"/>'],
  ['XInclude', '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="X.svg"/>'],
  [
    'nested SVG',
    '<image href="data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22 xmlns:xlink=%22http://www.w3.org/1999/xlink%22%3E%3Cimage xlink:href=%22X.png%22 width=%2260%22 height=%2240%22/%3E%3C/svg%3E" width="60" height="40"/>',
  ],
  ['a parameter of the stylesheet', '<?xml-stylesheet href="X.css" type="text/css"?>'],
];
const wrapped = (inside: string): Buffer =>
  Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="60" height="40">${inside}</svg>`,
  );

/** It renders without what is outside, or is refused. */
async function middle(inside: string): Promise<readonly number[] | string> {
  const code = await codeOf(run(wrapped(inside), 'convert type=png'));
  if (code !== 'none') return code;
  const { data } = await run(wrapped(inside), 'convert type=png');
  return pixelAt(await decoded(data), 30, 20).slice(0, 3);
}

test.each(ways)('%s brings nothing over the network', async (_way, inside) => {
  await middle(inside.replaceAll('X', `${origin}/secret`));
  expect(calls).toEqual([]);
});

test.each(ways)('%s brings nothing from the disk', async (_way, inside) => {
  const paths = [
    pathToFileURL(join(folder, 'secret')).href,
    join(folder, 'secret'),
    'secret',
    `file:${folder}/secret`,
  ];
  for (const path of paths) expect(await middle(inside.replaceAll('X', path))).not.toEqual([128, 128, 128]);
});

test('what the test looks for shows when it is inside', async () => {
  expect(await middle('<rect width="60" height="40" fill="#808080"/>')).toEqual([128, 128, 128]);
});

test.each([
  '<!DOCTYPE svg SYSTEM "X.dtd">',
  '<!DOCTYPE svg [<!ENTITY % p SYSTEM "X.dtd"> %p;]>',
  '<!DOCTYPE svg [<!ENTITY e SYSTEM "X.txt">]>',
])('%s is not followed', async (doctype) => {
  const document = `${doctype.replaceAll('X', `${origin}/secret`)}${wrapped('<text>&e;</text>')}`;
  expect(['corrupt_image', 'none']).toContain(await codeOf(run(Buffer.from(document), 'convert type=png')));
  expect(calls).toEqual([]);
});

test('an SVG watermark is held to the same', async () => {
  const fetchImage = () =>
    Promise.resolve(wrapped(`<image href="${origin}/secret.png" width="60" height="40"/>`));
  const { info } = await run(await flat(60, 40), 'watermarkimage image=x', { fetchImage });
  expect(info.width).toBe(60);
  expect(calls).toEqual([]);
});
