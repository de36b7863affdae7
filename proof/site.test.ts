import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { allPages } from '../site/pages.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const out = join(root, 'dist/site');

const built = spawnSync(process.execPath, [join(root, 'site/main.ts')], {
  cwd: root,
  encoding: 'utf8',
  timeout: 200_000,
  env: { ...process.env, SITE_SERVICE: 'https://img.example.org' },
});
const isInstalled = existsSync(join(root, 'site/node_modules/vitepress'));
if (!isInstalled) console.log('skipped: VitePress cannot be installed');

(isInstalled ? test : test.skip)(
  'the site is built: all pages, no dead link, search, the playground in its frame',
  () => {
    // VitePress fails on a dead link.
    expect([built.status, built.status === 0 ? '' : built.stderr]).toEqual([0, '']);
    const pages = globSync('*.html', { cwd: out });
    expect(pages).toEqual(expect.arrayContaining(allPages.map(({ path }) => `${path}.html`)));
    expect(globSync('assets/chunks/@localSearchIndex*.js', { cwd: out })).not.toEqual([]);
    expect(readFileSync(join(out, 'playground.html'), 'utf8')).toContain(
      'src="https://img.example.org/form"',
    );
  },
);
