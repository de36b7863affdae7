import { globSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { rewriteLinks } from '../../site/links.ts';
import { allPages } from '../../site/pages.ts';
import { preparePages } from '../../site/prepare.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
let out: string;
beforeAll(async () => {
  out = await mkdtemp(join(tmpdir(), 'site-'));
  await preparePages({ root, out }, {});
});
afterAll(async () => await rm(out, { recursive: true }));

test('every page of docs/ is in the menu of the site', () => {
  const shown = allPages.flatMap(({ from }) => from);
  const there = globSync('docs/*.md', { cwd: root });
  expect(there.filter((file) => !shown.includes(file))).toEqual([]);
});

test.each(allPages)('$path begins with a heading and leads only to pages of the site', async ({ path }) => {
  const text = await readFile(join(out, `${path}.md`), 'utf8');
  expect(text).toMatch(/^(<!--.*-->\s+)?# /);
  const links = [...text.replace(/```[\s\S]*?```/g, '').matchAll(/\]\(\.\/([^)#]+)/g)].map(
    ([, to]) => to ?? '',
  );
  const files = new Set(globSync('**/*', { cwd: out }));
  expect(links.filter((link) => !files.has(link))).toEqual([]);
});

test.each([
  ['[names](batch.md#names)', {}, '[names](./batch.md#names)'],
  ['[start](../README.md#two-minutes)', {}, '[start](./start.md#two-minutes)'],
  ['[doors](../README.md#the-doors)', {}, '[doors](./doors.md#the-doors)'],
  ['[code](../engine/index.ts)', {}, 'code'],
  ['[`code`](../engine/index.ts)', {}, '`code`'],
  [
    '[code](../engine/index.ts)',
    { source: 'https://x.test/blob/main' },
    '[code](https://x.test/blob/main/engine/index.ts)',
  ],
  ['![a](pictures/crop-1.webp)', {}, '![a](./pictures/crop-1.webp)'],
  ['[out](https://example.com/a#b)', {}, '[out](https://example.com/a#b)'],
  ['`[x](../a.ts)`', {}, '`[x](../a.ts)`'],
])('in docs/, %s with %j becomes %s', (text, target, expected) => {
  expect(rewriteLinks(text, 'docs/deploy.md', target)).toBe(expected);
});
