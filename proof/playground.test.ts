import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import sharp from 'sharp';
import { picture, type Server, startServer } from '../test/onthefly/setup.ts';
import { axeViolations, findChromium, openChromium, openPage } from './support/browser.ts';
import { afterAnswer, openForm, resultOf, setNumber, snippetOf } from './support/form.ts';

const chromiumFile = findChromium();
if (chromiumFile === undefined) console.log('skipped: no Chromium on PATH or in CHROMIUM');
const whenThere = chromiumFile === undefined ? describe.skip : describe;

let browser: Browser;
let server: Server;
beforeAll(async () => {
  if (chromiumFile === undefined) return;
  browser = await openChromium(chromiumFile);
  server = await startServer(['-mount', 'docs/pictures', '-enable-url-source']);
});
afterAll(() => browser?.close());

const open = (hash = '', options: BrowserContextOptions = {}) =>
  openForm(browser, { url: server.url, hash, options });

const own = async (width = 640, height = 480) => ({
  name: "holiday at sea's.jpg",
  mimeType: 'image/jpeg',
  buffer: await picture(width, height, 'jpeg'),
});

whenThere('the first second', () => {
  test('a picture and its result are there without an upload, a key or another server', async () => {
    const { page, errors, requests } = await open();
    expect(await resultOf(page)).toMatch(/1800 × 1200[\s\S]*JPEG[\s\S]*900 × 600[\s\S]*WebP[\s\S]*−\d+ %/);
    expect(requests.filter((url) => !/^(blob|data):/.test(url) && !url.startsWith(server.url))).toEqual([]);
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
    ['dark phone', { ...phone, colorScheme: 'dark' }],
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

whenThere('controls', () => {
  test('a change is followed by its result, and by the address', async () => {
    const { page } = await open();
    expect(await afterAnswer(page, 'width=321', () => setNumber(page, 'width', '321'))).toContain(
      '321 × 214',
    );
    await page.waitForURL(/width=321/);
  });

  test('a request gives up the one before it', async () => {
    const { page } = await open();
    const failed: string[] = [];
    page.on('requestfailed', (request) => failed.push(request.url()));
    await page.route(/width=500/, () => {});
    const sent = page.waitForRequest(/width=500/);
    await setNumber(page, 'width', '500');
    await sent;
    expect(await afterAnswer(page, 'width=400', () => setNumber(page, 'width', '400'))).toContain(
      '400 × 267',
    );
    expect(failed).toEqual([expect.stringContaining('width=500')]);
  });

  test('reloading, sharing and going back lead to the same picture', async () => {
    const { page } = await open();
    await afterAnswer(page, 'width=300', () => setNumber(page, 'width', '300'));
    await page.waitForURL(/width=300/);
    await page.reload();
    expect(await resultOf(page)).toContain('300 × 200');
    const shared = await open(new URL(page.url()).hash);
    expect(await resultOf(shared.page)).toContain('300 × 200');
    await afterAnswer(page, 'width=600', () => setNumber(page, 'width', '600'));
    await page.waitForURL(/width=600/);
    expect(await afterAnswer(page, 'width=300', () => page.goBack())).toContain('300 × 200');
  });

  test('steps are added, sorted by keyboard and removed', async () => {
    const { page } = await open();
    const steps = () => page.locator('.pipeline h3').allInnerTexts();
    const add = (name: string) => page.getByLabel('Add a step').selectOption(name);
    await afterAnswer(page, '/pipeline', () => add('crop'));
    await afterAnswer(page, '/pipeline', () => add('flip'));
    expect(await steps()).toEqual(['resize', 'crop', 'flip', 'output']);
    await page.getByRole('button', { name: 'Move flip up' }).focus();
    await afterAnswer(page, '/pipeline', () => page.keyboard.press('Enter'));
    expect(await steps()).toEqual(['resize', 'flip', 'crop', 'output']);
    await page.locator('[aria-label="Move flip up"]:focus').waitFor();
    await afterAnswer(page, '/pipeline', () => page.getByRole('button', { name: 'Remove crop' }).click());
    expect(await steps()).toEqual(['resize', 'flip', 'output']);
  });

  test('an area is dragged on the picture, and moved by arrow keys', async () => {
    const { page } = await open('#/photo/extract?top=0&left=0&areawidth=90&areaheight=60');
    await page.getByRole('button', { name: 'Drag the area on the picture' }).click();
    const box = await page.locator('.drawn').boundingBox();
    const { x = 0, y = 0, width = 0, height = 0 } = box ?? {};
    await page.mouse.move(x + width / 2, y + height / 2);
    await page.mouse.down();
    await page.mouse.move(x + width * 0.75, y + height * 0.75);
    const dragged = await afterAnswer(page, 'areawidth=450', () => page.mouse.up());
    expect(dragged).toContain('450 × 300');
    await page.locator('.box').focus();
    await afterAnswer(page, 'left=918', () => page.keyboard.press('ArrowRight'));
    await page.waitForURL(/left=918/);
  });

  test('what is drawn on a crop is what is kept: the step extracts it', async () => {
    const { page } = await open('#/photo/crop?width=300&height=300');
    await page.getByRole('button', { name: 'Drag the area on the picture' }).click();
    const { x = 0, y = 0, width = 0, height = 0 } = (await page.locator('.drawn').boundingBox()) ?? {};
    await page.mouse.move(x + width, y + height);
    await page.locator('.box .se').hover();
    await page.mouse.down();
    await page.mouse.move(x + width / 2, y + height / 2);
    expect(await afterAnswer(page, 'extract', () => page.mouse.up())).toContain('900 × 600');
  });

  test('a click sets the focal point of a crop', async () => {
    const { page } = await open('#/photo/crop?width=300&height=300');
    await page.getByRole('button', { name: 'Click the focal point' }).click();
    const { x = 0, y = 0, width = 0, height = 0 } = (await page.locator('.drawn').boundingBox()) ?? {};
    await afterAnswer(page, 'focus=0.25:0.50', () => page.mouse.click(x + width / 4, y + height / 2));
    await page.waitForURL(/focus=0.25%3A0.50/);
  });

  test('an effect is a step that does something at once', async () => {
    const { page } = await open();
    const before = await resultOf(page);
    const add = page.getByLabel('Add a step');
    for (const name of ['brightness', 'radius', 'duotone', 'padding', 'pixelate']) {
      await afterAnswer(page, '/pipeline', () => add.selectOption(`effect ${name}`));
      expect([name, await page.getByRole('alert').count()]).toEqual([name, 0]);
    }
    expect(await resultOf(page)).not.toBe(before);
  });

  test('every parameter of every operation has a control', async () => {
    const { page } = await open('#/photo/watermark?text=x');
    const list = page.getByLabel('Add a setting to watermark').locator('option');
    const names = await list.allTextContents();
    const shown = await page.locator('.card .name').allTextContents();
    const fields = await page.evaluate(
      "JSON.parse(document.querySelector('#data').textContent).operations.find(({ name }) => name === 'watermark').fields",
    );
    const all = [...names, ...shown.map((name) => name.split(' ')[0]), 'type'];
    expect((fields as string[]).filter((name) => !all.includes(name))).toEqual([]);
  });
});

whenThere('what it shows', () => {
  test('three formats are compared, and one is chosen', async () => {
    const { page } = await open('#/photo/resize?width=200/view?mode=formats');
    await page.locator('.format .bytes').nth(2).waitFor();
    expect(await page.locator('.format b').allInnerTexts()).toEqual(['JPEG', 'WebP', 'AVIF']);
    expect(await page.locator('.format em').count()).toBe(1);
    expect(await afterAnswer(page, 'type=avif', () => page.locator('.format').last().click())).toContain(
      'AVIF',
    );
  });

  test('a format that no browser shows is offered under a right name', async () => {
    const { page } = await open('#/logo/resize?width=60/output?type=tiff');
    await expect(page.locator('.not-shown').innerText()).resolves.toMatch(/does not show TIFF/);
    const download = page.waitForEvent('download');
    await page.locator('.not-shown a').click();
    expect((await download).suggestedFilename()).toBe('logo.tiff');
    expect(await resultOf(page)).toContain('60 × 60');
  });

  test('a refusal is a sentence, with the JSON behind a fold', async () => {
    const { page } = await open('#/photo/enlarge?width=200000&height=90000');
    const problem = page.getByRole('alert');
    expect(await problem.locator('p').innerText()).toMatch(/^[A-Z].*\.$/);
    expect(await problem.locator('pre').isVisible()).toBe(false);
    await problem.locator('summary').click();
    expect(JSON.parse(await problem.locator('pre').innerText())).toHaveProperty('status');
  });

  test('the quality that the service has chosen is told', async () => {
    const { page } = await open('#/photo/resize?width=200/output?type=webp&quality=auto');
    expect(await resultOf(page)).toMatch(/quality \d+, chosen/);
  });
});

whenThere('own pictures', () => {
  test('one that is chosen takes the place of the sample', async () => {
    const { page } = await open('#/photo/resize?width=100');
    const chosen = await own();
    expect(
      await afterAnswer(page, '/resize', () => page.locator('input[type=file]').setInputFiles(chosen)),
    ).toContain('640 × 480');
    expect(await snippetOf(page, 'curl')).toContain("--data-binary @'holiday at sea'\\''s.jpg'");
  });

  test.each(['drop', 'paste'])('one comes by %s', async (kind) => {
    const { page } = await open('#/photo/resize?width=100');
    const { buffer } = await own();
    const send = `(() => {
      const transfer = new DataTransfer();
      const bytes = Uint8Array.from(atob('${buffer.toString('base64')}'), (one) => one.charCodeAt(0));
      transfer.items.add(new File([bytes], 'sea.jpg', { type: 'image/jpeg' }));
      const event = ${kind === 'drop' ? "new DragEvent('drop', { dataTransfer: transfer, bubbles: true })" : "new ClipboardEvent('paste', { clipboardData: transfer, bubbles: true })"};
      document.body.dispatchEvent(event);
    })()`;
    expect(await afterAnswer(page, '/resize', () => page.evaluate(send))).toContain('640 × 480');
  });

  test('a photograph over the limit is shown whole, and sent smaller', async () => {
    const { page } = await open('#/photo/resize?width=100');
    const held = await sharp((await own(8000, 6000)).buffer)
      .withMetadata({ orientation: 6 })
      .toBuffer();
    const large = { ...(await own(9, 9)), buffer: held };
    const facts = await afterAnswer(page, '/resize', () =>
      page.locator('input[type=file]').setInputFiles(large),
    );
    expect(facts).toContain('48 megapixels');
    const size = 'const { naturalWidth } = document.querySelector(".before img"); naturalWidth';
    expect(await page.evaluate(size)).toBe(6000);
    expect(facts).toContain('100 × 133');
  });

  test('a picture of the bucket is read by its name', async () => {
    const { page } = await open('#/file:source.webp/resize?width=100/output?type=png');
    expect(await resultOf(page)).toMatch(/240 × 160[\s\S]*100 × 67/);
    expect(await snippetOf(page, 'URL')).toBe(`${server.url}/resize?file=source.webp&width=100&type=png`);
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
    const { page } = await openPage(browser, { javaScriptEnabled: false });
    await page.goto(`${server.url}/form`);
    await page.locator('input[type=file]').setInputFiles(await own());
    const crop = page.locator('#crop');
    expect(await answerTo(page, () => crop.locator('.examples button').first().click())).toBe('240 × 240');
    await crop.locator('summary').click();
    for (const [name, value] of Object.entries({ file: 'source.webp', width: '50', height: '40' }))
      await crop.locator(`[name=${name}]`).fill(value);
    expect(await answerTo(page, () => crop.locator('.own').click())).toBe('50 × 40');
  });
});
