import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { startTrace } from '../local/trace/server.ts';
import { axeViolations, openPage } from './support/browser.ts';
import { startBrowser, whenThere } from './support/rig.ts';

const browser = startBrowser();
let viewer: Awaited<ReturnType<typeof startTrace>>;
beforeAll(async () => {
  viewer = await startTrace({ port: 0 });
  viewer.addSpans(
    [
      { ...span('quick'), door: 'inline', ms: 20 },
      { ...span('slow'), door: 'onthefly', ms: 900 },
      { ...span('broken'), door: 'batch', ms: 300, isError: true },
    ].map(({ door, ms, ...one }, at) => ({
      ...one,
      startMs: at * 1000,
      endMs: at * 1000 + ms,
      attributes: { door },
    })),
  );
});
afterAll(async () => {
  await viewer?.close();
});

const span = (name: string) => ({
  traceId: name.padEnd(32, '0'),
  spanId: name,
  parentId: '',
  name,
  service: 'imagetx',
  links: [],
  isError: false,
});

const shown = (page: Page) =>
  page
    .locator('#traces .card summary')
    .evaluateAll((rows) => rows.map((row) => row.firstElementChild?.firstChild?.textContent ?? ''));

async function openViewer(query = '') {
  const watched = await openPage(browser());
  await watched.page.goto(`${viewer.url}/${query}`);
  await watched.page.waitForSelector('#traces .card');
  return watched;
}

whenThere('traces', () => {
  test.each([
    ['', ['broken', 'slow', 'quick']],
    ['?sort=slowest', ['slow', 'broken', 'quick']],
    ['?sort=oldest', ['quick', 'slow', 'broken']],
    ['?door=inline', ['quick']],
    ['?status=failed', ['broken']],
    ['?status=ok&least=100', ['slow']],
    [`?trace=${'slow'.padEnd(32, '0')}`, ['slow']],
  ])('%j shows %j', async (query, names) => {
    const { page, errors } = await openViewer(query);
    expect(await shown(page)).toEqual(names);
    expect(errors).toEqual([]);
  });

  test('a choice is kept in the address, and a trace has a link of its own', async () => {
    const { page } = await openViewer();
    await page.getByLabel('Door').selectOption('batch');
    expect(await shown(page)).toEqual(['broken']);
    expect(new URL(page.url()).search).toBe('?door=batch');
    await page.getByRole('link', { name: /^broken/ }).click();
    await page.waitForURL(/trace=broken/);
    await page.getByRole('link', { name: 'Show all' }).click();
    await page.waitForFunction("document.querySelectorAll('#traces .card').length === 3");
  });

  test.each(['light', 'dark'] as const)('axe finds nothing: %s', async (colorScheme) => {
    const { page } = await openPage(browser(), { colorScheme });
    await page.goto(viewer.url);
    await page.waitForSelector('#traces .card');
    expect(await axeViolations(page)).toEqual([]);
  });
});
