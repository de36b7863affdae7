import { expect, test } from '@jest/globals';
import type { BrowserContextOptions, Page } from 'playwright-core';
import sharp from 'sharp';
import { axeViolations, openPage } from './support/browser.ts';
import { resultOf } from './support/form.ts';
import { own, startRig, whenThere } from './support/rig.ts';

const { open, url, browser } = startRig();

whenThere('the first second', () => {
  test('a picture and its result are there without an upload, a key or another server', async () => {
    const { page, errors, requests } = await open();
    expect(await resultOf(page)).toMatch(/1800 × 1200[\s\S]*JPEG[\s\S]*900 × 600[\s\S]*WebP[\s\S]*−\d+ %/);
    expect(requests.filter((one) => !/^(blob|data):/.test(one) && !one.startsWith(url()))).toEqual([]);
    expect(errors).toEqual([]);
  });

  test('the Tab key reaches the file chooser first, and every control', async () => {
    const { page } = await open();
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.type')).toBe('file');
    const unreachable = `[...document.querySelectorAll('button, input, select, summary, a[href]')]
      .filter((one) => one.tabIndex < 0).map((one) => one.outerHTML)`;
    expect(await page.evaluate(unreachable)).toEqual([]);
  });
});

whenThere('looks', () => {
  const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true } as const;
  const variants: readonly (readonly [string, BrowserContextOptions])[] = [
    ['light', {}],
    ['dark', { colorScheme: 'dark' }],
    ['phone', phone],
  ];
  const states = [
    '',
    '#/logo/crop?width=300&height=300&gravity=north/watermark?text=a&color=gold/output?type=avif/view?mode=formats',
    '#/photo/extract?top=9&left=9&areawidth=300&areaheight=200/output?type=tiff/view?zoom=1',
    '#/photo/enlarge?width=200000&height=90000',
  ];
  test.each(variants)('%s: axe finds nothing, and nothing scrolls sideways', async (_, options) => {
    for (const hash of states) {
      const { page } = await open(hash, options);
      expect([hash, await axeViolations(page)]).toEqual([hash, []]);
      const overhang = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
      expect([hash, overhang]).toEqual([hash, 0]);
      await page.context().close();
    }
  });
});

whenThere('a phone', () => {
  test('a result is saved', async () => {
    const { page } = await open('#/photo/resize?width=90/output?type=webp', {
      viewport: { width: 390, height: 844 },
    });
    const download = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Download' }).click();
    expect((await download).suggestedFilename()).toBe('sample.webp');
  });
});

whenThere('without scripts', () => {
  const answerTo = async (page: Page, act: () => Promise<void>): Promise<string> => {
    const answer = page.waitForResponse(/\/crop/);
    await act();
    const { width, height } = await sharp(await (await answer).body()).metadata();
    return `${width} × ${height}`;
  };

  test('an own picture goes to an example, and own parameters to a picture of the bucket', async () => {
    const { page } = await openPage(browser(), { javaScriptEnabled: false });
    await page.goto(`${url()}/form`);
    await page.locator('input[type=file]').setInputFiles(await own());
    const crop = page.locator('#crop');
    expect(await answerTo(page, () => crop.locator('.examples button').first().click())).toBe('240 × 240');
    await crop.locator('summary').click();
    for (const [name, value] of Object.entries({ file: 'source.webp', width: '50', height: '40' }))
      await crop.locator(`[name=${name}]`).fill(value);
    expect(await answerTo(page, () => crop.locator('.own').click())).toBe('50 × 40');
  });
});
