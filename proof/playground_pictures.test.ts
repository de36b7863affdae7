import { expect, test } from '@jest/globals';
import sharp from 'sharp';
import { afterAnswer, resultOf, snippetOf } from './support/form.ts';
import { own, startRig, whenThere } from './support/rig.ts';

const { open, url } = startRig();

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

  test.each([
    ['#/photo/resize?width=abc', 'Width: expected a number, got abc.'],
    ['#/photo/resize', 'This step needs height or width.'],
    [
      '#/photo/extract?top=9&left=9&areawidth=9000&areaheight=9',
      'The area does not lie inside of the picture.',
    ],
    ['#/file:none.jpg', 'There is no stored picture of this name.'],
  ])('a refusal is in words for people: %s', async (hash, sentence) => {
    const { page } = await open(hash);
    expect(await page.getByRole('alert').locator('p').innerText()).toBe(sentence);
  });

  test('the figures of all formats are in sight on a low screen', async () => {
    const { page } = await open('#/photo/resize?width=200/view?mode=formats', {
      viewport: { width: 844, height: 390 },
    });
    await page.locator('.format .bytes').nth(2).waitFor();
    const hidden = `[...document.querySelectorAll('.format .bar')].filter((one) =>
      one.getBoundingClientRect().bottom > document.querySelector('.canvas').getBoundingClientRect().bottom).length`;
    expect(await page.evaluate(hidden)).toBe(0);
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

  test('a file that is no picture leaves nothing of the picture before it', async () => {
    const { page } = await open('#/photo/resize?width=100');
    const text = { name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('no picture') };
    await page.locator('input[type=file]').setInputFiles(text);
    await page.getByRole('alert').waitFor();
    expect(await resultOf(page)).toBe('');
    expect(await page.locator('.take pre').count()).toBe(0);
  });

  test('going back leads to the own picture before', async () => {
    const { page } = await open('#/photo/resize?width=100');
    const chooser = page.locator('input[type=file]');
    for (const width of [640, 320]) {
      await chooser.setInputFiles({ ...(await own(width)), name: `${width}.jpg` });
      await page.waitForURL(new RegExp(`own:${width}.jpg`));
    }
    await page.goBack();
    await page.locator('.facts', { hasText: '640 × 480' }).waitFor();
    expect(await resultOf(page)).toContain('640.jpg');
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
    expect(await snippetOf(page, 'URL')).toBe(`${url()}/resize?file=source.webp&width=100&type=png`);
  });
});
