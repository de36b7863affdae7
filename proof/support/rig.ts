import { afterAll, beforeAll, describe } from '@jest/globals';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { picture, type Server, startServer } from '../../test/onthefly/setup.ts';
import { findChromium, openChromium, type Watched } from './browser.ts';
import { openForm } from './form.ts';

const chromiumFile = findChromium();
if (chromiumFile === undefined) console.log('skipped: no Chromium on PATH or in CHROMIUM');

/** A group of tests that need a browser. */
export const whenThere = chromiumFile === undefined ? describe.skip : describe;

/** A browser for the tests of a file. */
export function startBrowser(): () => Browser {
  let browser: Browser | undefined;
  beforeAll(async () => {
    if (chromiumFile !== undefined) browser = await openChromium(chromiumFile);
  });
  afterAll(() => browser?.close());
  return () => {
    if (browser === undefined) throw new Error('browser: expected one that runs');
    return browser;
  };
}

export interface Rig {
  readonly url: () => string;
  readonly browser: () => Browser;
  /** Opens the page of the service and waits for its first result. */
  readonly open: (hash?: string, options?: BrowserContextOptions) => Promise<Watched>;
}

/** A browser and a service that reads pictures of a folder and of other servers. */
export function startRig(): Rig {
  const browser = startBrowser();
  let server: Server | undefined;
  beforeAll(async () => {
    if (chromiumFile !== undefined)
      server = await startServer(['-mount', 'docs/pictures', '-enable-url-source']);
  });
  const url = (): string => server?.url ?? '';
  return {
    url,
    browser,
    open: (hash = '', options = {}) => openForm(browser(), { url: url(), hash, options }),
  };
}

/** A picture of the user, under a name that shells and browsers must quote. */
export const own = async (width = 640, height = 480) => ({
  name: "holiday at sea's.jpg",
  mimeType: 'image/jpeg',
  buffer: await picture(width, height, 'jpeg'),
});
