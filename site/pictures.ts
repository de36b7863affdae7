/** `node site/pictures.ts`: makes the pictures of our pages in docs/pictures/pages, with a Chromium of this machine. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BrowserContextOptions, Page } from 'playwright-core';
import sharp from 'sharp';
import { startLocalCloud } from '../local/cloud.ts';
import { addSample } from '../local/sample.ts';
import { findChromium, openChromium } from '../proof/support/browser.ts';

const folder = fileURLToPath(new URL('../docs/pictures/pages/', import.meta.url));

interface Shot {
  readonly name: string;
  readonly path: (urls: { readonly inline: string; readonly trace: string }) => string;
  readonly options: BrowserContextOptions;
}

const desktop = { viewport: { width: 1280, height: 800 } };
const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

const shots: readonly Shot[] = [
  { name: 'playground', path: ({ inline }) => `${inline}/form`, options: desktop },
  {
    name: 'playground-phone',
    path: ({ inline }) => `${inline}/form`,
    options: { ...phone, colorScheme: 'dark' },
  },
  { name: 'traces', path: ({ trace }) => trace, options: desktop },
];

/** Waits until pictures have come and nothing moves. */
async function settle(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle');
  await page.waitForTimeout(1500);
}

const chromium = findChromium();
if (chromium === undefined) throw new Error('no Chromium: set CHROMIUM or put it on PATH');
const dir = await mkdtemp(join(tmpdir(), 'imagetx-pages-'));
const cloud = await startLocalCloud({ dir, ports: 'random', trace: true });
const browser = await openChromium(chromium);
try {
  await addSample(cloud);
  await mkdir(folder, { recursive: true });
  for (const { name, path, options } of shots) {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    await page.goto(path(cloud.urls));
    await settle(page);
    const shot = await page.screenshot();
    await writeFile(join(folder, `${name}.webp`), await sharp(shot).webp({ quality: 80 }).toBuffer());
    await context.close();
  }
} finally {
  await browser.close();
  await cloud.close();
  await rm(dir, { recursive: true });
}
