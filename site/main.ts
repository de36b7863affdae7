import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { preparePages } from './prepare.ts';

const usage = `npm run site            builds the site of the docs into dist/site
npm run site -- --open  serves it at http://localhost:4173 after that

SITE_BASE     path of the site on its host, for example /imagetx/ (default /)
SITE_SERVICE  address of a service whose playground the site shows; its PAGE_FRAMES must name the site
SITE_SOURCE   address of the repository's files, for links to code (default: such links are plain text)
`;

const root = fileURLToPath(new URL('..', import.meta.url));
const site = join(root, 'site');

/** VitePress has a folder of its own, so that the checkout installs without it. */
const vitepress = join(site, 'node_modules/vitepress/bin/vitepress.js');

function install(): void {
  if (existsSync(vitepress)) return;
  execFileSync('npm', ['ci', '--prefix', site, '--no-audit', '--no-fund'], { stdio: 'inherit' });
}

/** Runs a command of VitePress. @throws Error when it fails, for example on a dead link. */
function run(command: string, ...flags: readonly string[]): void {
  const { status } = spawnSync(process.execPath, [vitepress, command, site, ...flags], { stdio: 'inherit' });
  if (status !== 0) throw new Error(`vitepress ${command} ended with ${status}`);
}

if (process.argv.includes('--help')) process.stdout.write(usage);
else {
  install();
  const { SITE_SOURCE: source, SITE_SERVICE: service } = process.env;
  const target = { ...(source ? { source } : {}), ...(service ? { service } : {}) };
  await preparePages({ root, out: join(site, '.pages') }, target);
  run('build');
  process.stdout.write(`Built ${join(dirname(site), 'dist/site')}\n`);
  if (process.argv.includes('--open')) run('preview', '--host', '127.0.0.1');
}
