import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { openPage, type Watched } from './browser.ts';

/** The facts of the result on the page, once nothing is on its way. */
export async function resultOf(page: Page): Promise<string> {
  await page.waitForSelector('.canvas[aria-busy=false]');
  return await page.locator('.facts').innerText();
}

interface Address {
  readonly url: string;
  readonly hash?: string;
  readonly options?: BrowserContextOptions;
}

/** The page of a service once its first result is there. */
export async function openForm(browser: Browser, { url, hash = '', options }: Address): Promise<Watched> {
  const watched = await openPage(browser, options);
  await watched.page.goto(`${url}/form${hash}`);
  await resultOf(watched.page);
  return watched;
}

/** Does something and waits until the conversion that follows is on the page. */
export async function afterAnswer(page: Page, path: string, act: () => Promise<unknown>): Promise<string> {
  const answer = page.waitForResponse((response) => response.url().includes(path));
  await act();
  await answer;
  return await resultOf(page);
}

export const setNumber = (page: Page, name: string, value: string): Promise<void> =>
  page
    .getByRole('spinbutton', { name: new RegExp(`^${name}\\b`) })
    .first()
    .fill(value);

/** The text to take away, as the tab of this name has it. */
export async function snippetOf(page: Page, name: string): Promise<string> {
  await page.locator('.take').getByRole('button', { name, exact: true }).click();
  return await page.locator('.take pre').innerText();
}
