import { expect, test } from '@jest/globals';
import { get, startServer } from '../test/onthefly/setup.ts';
import { axeViolations, openPage } from './support/browser.ts';
import { resultOf, snippetOf } from './support/form.ts';
import { startBrowser, whenThere } from './support/rig.ts';

const browser = startBrowser();

const signingKey = 'a key of thirty-two characters, or more';

const services: readonly (readonly [string, readonly string[], Readonly<Record<string, string>>])[] = [
  ['an API key', ['-key', 'open sesame'], { 'API key': 'open sesame' }],
  ['signed URLs', ['-enable-url-signature', '-url-signature-key', signingKey], { 'Signing key': signingKey }],
  [
    'both',
    ['-key', 'open sesame', '-enable-url-signature', '-url-signature-key', signingKey],
    { 'API key': 'open sesame', 'Signing key': signingKey },
  ],
];

whenThere('a service that wants', () => {
  test.each(services)(
    '%s: the page asks once, and remembers a key for the tab',
    async (_, flags, answers) => {
      const { url } = await startServer([...flags, '-mount', 'docs/pictures']);
      const { page, errors, requests } = await openPage(browser());
      await page.goto(`${url}/form#/file:source.webp/resize?width=100/output?type=png`);
      await page.getByRole('dialog').waitFor();
      expect(await axeViolations(page)).toEqual([]);
      for (const [label, value] of Object.entries(answers)) await page.getByLabel(label).fill(value);
      await page.getByRole('button', { name: 'Use it' }).click();
      await page.waitForSelector('.saved');
      expect(await resultOf(page)).toContain('100 × 67');
      await page.reload();
      // A signing key is in the memory of the page alone.
      const isKept = !('Signing key' in answers);
      await (isKept ? page.waitForSelector('.saved') : page.getByRole('dialog').waitFor());
      expect(await page.getByRole('dialog').count()).toBe(isKept ? 0 : 1);
      expect(await page.evaluate('JSON.stringify({ ...sessionStorage, ...localStorage })')).not.toContain(
        signingKey,
      );
      if (!isKept) {
        await page.getByLabel('Signing key').fill(signingKey);
        await page.getByRole('button', { name: 'Use it' }).click();
        await page.waitForSelector('.saved');
      }
      expect(errors).toEqual([]);
      expect(requests.filter((one) => one.includes(encodeURIComponent(signingKey)))).toEqual([]);
      await page.getByRole('button', { name: 'Photo' }).click();
      await page.locator('.facts', { hasText: '1800 ×' }).waitFor();
      expect(await resultOf(page)).toContain('100 × 67');
      await page.waitForURL(/photo/);
      await page.goBack();
      await page.locator('.facts', { hasText: '240 ×' }).waitFor();
      const signed = new URL(await snippetOf(page, 'URL'));
      const key = answers['API key'];
      const taken = await get(url, signed.pathname + signed.search, key ? { 'api-key': key } : {});
      expect(taken.status).toBe(200);
    },
  );
});

whenThere('a service without some operations', () => {
  test.each([
    ['resize', '', '1800 × 1200'],
    ['convert,pipeline', '#/photo/flip', '1800 × 1200'],
  ])('%s: the page still works', async (disabled, hash, size) => {
    const { url } = await startServer(['-disable-endpoints', disabled]);
    const { page, errors } = await openPage(browser());
    await page.goto(`${url}/form${hash}`);
    expect(await resultOf(page)).toContain(size);
    expect(errors).toEqual([]);
  });
});

whenThere('presets', () => {
  test('they are offered, and stand in the address', async () => {
    const { url } = await startServer(['-mount', 'docs/pictures'], { PRESETS: 'docs/presets.yaml' });
    const { page } = await openPage(browser());
    await page.goto(`${url}/form`);
    await resultOf(page);
    const asked = page.waitForResponse(/preset.thumb_grey/);
    await page.getByRole('button', { name: 'thumb_grey' }).click();
    await asked;
    expect(await resultOf(page)).toContain('120 × 120');
    expect(await snippetOf(page, 'URL')).toBe(`${url}/preset/thumb_grey?file=sample.jpg`);
    await page.waitForURL(/#\/photo\/preset\?name=thumb_grey/);
  });

  test('a service that takes nothing else offers nothing else', async () => {
    const settings = { PRESETS: 'docs/presets.yaml', ONLY_PRESETS: 'true' };
    const { url } = await startServer(['-mount', 'docs/pictures'], settings);
    const { page, errors } = await openPage(browser());
    await page.goto(`${url}/form#/photo/resize?width=9/output?type=png`);
    expect(await resultOf(page)).toContain('240 × 240');
    expect(await page.getByLabel('Add a step').count()).toBe(0);
    const html = await snippetOf(page, 'HTML');
    for (const [, address = ''] of html.matchAll(/(http[^ "]+)/g)) {
      const { pathname, search } = new URL(address.replace('sample.jpg', 'source.webp'));
      expect((await get(url, pathname + search)).status).toBe(200);
    }
    expect(errors).toEqual([]);
  });
});
