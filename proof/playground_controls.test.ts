import { expect, test } from '@jest/globals';
import { afterAnswer, resultOf, setNumber } from './support/form.ts';
import { startRig, whenThere } from './support/rig.ts';

const { open } = startRig();

whenThere('controls', () => {
  test('a change is followed by its result, and by the address', async () => {
    const { page } = await open();
    expect(await afterAnswer(page, 'width=321', () => setNumber(page, 'width', '321'))).toContain(
      '321 × 214',
    );
    await page.waitForURL(/width=321/);
  });

  test('keys move a slider by its step, and many presses are one request', async () => {
    const { page } = await open('#/photo/resize?width=300/convert?brightness=1.2');
    const slider = page.getByRole('slider', { name: 'brightness' });
    const sent: string[] = [];
    page.on('request', (request) => sent.push(request.url()));
    await slider.focus();
    await afterAnswer(page, 'brightness%22%3A1.21', () => page.keyboard.press('ArrowRight'));
    sent.length = 0;
    // Pressed inside of the page: from here each might take longer than the page waits for the next one.
    const presses = `(async () => {
      for (let press = 0; press < 4; press += 1) {
        document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }));
        await new Promise((resolve) => setTimeout(resolve));
      }
    })()`;
    await afterAnswer(page, 'brightness%22%3A1.25', () => page.evaluate(presses));
    expect(sent.filter((url) => url.includes('/pipeline')).length).toBeLessThan(4);
  });

  test('a step is dragged by its grip', async () => {
    const { page } = await open('#/photo/flip/flop/convert?brightness=1.2');
    const grips = page.locator('.grip');
    await grips.last().hover();
    await page.mouse.down();
    const { x = 0, y = 0 } = (await grips.first().boundingBox()) ?? {};
    await afterAnswer(page, '/pipeline', async () => {
      await page.mouse.move(x + 5, y + 5, { steps: 12 });
      await page.mouse.up();
    });
    expect(await page.locator('.pipeline h3').allInnerTexts()).toEqual([
      'brightness',
      'flip',
      'flop',
      'output',
    ]);
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

  test('a service that is silent for a moment is asked again', async () => {
    const { page } = await open('#/photo/resize?width=90');
    await page.route(/width=91/, (route) => route.abort('connectionrefused'), { times: 1 });
    await setNumber(page, 'width', '91');
    await page.getByRole('alert').waitFor();
    await page.locator('.facts', { hasText: '91 ×' }).waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
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

  test.each([
    [
      'extract?width=900&top=0&left=0&areawidth=450&areaheight=300',
      'areawidth=441&areaheight=300',
      '441 × 300',
    ],
    ['extract?top=0&left=0&areawidth=900&areaheight=600', 'areawidth=882&areaheight=600', '882 × 600'],
    [
      'zoom?factor=1&top=0&left=100&areawidth=900&areaheight=600',
      'areawidth=864&areaheight=600',
      '864 × 600',
    ],
  ])('keys draw an area of %s', async (step, params, size) => {
    const { page } = await open(`#/photo/${step}`);
    await page.getByRole('button', { name: 'Drag the area on the picture' }).focus();
    await page.keyboard.press('Enter');
    await page.locator('.box:focus').waitFor();
    expect(await afterAnswer(page, params, () => page.keyboard.press('Shift+ArrowLeft'))).toContain(size);
    await page.keyboard.press('Escape');
    await page.locator('.tool:focus').waitFor();
    expect(await page.locator('.box').count()).toBe(0);
  });

  test('an area that is added lies in the picture', async () => {
    const { page } = await open('#/photo/resize?width=60');
    const add = page.getByLabel('Add a step');
    expect(await afterAnswer(page, '/pipeline', () => add.selectOption('extract'))).toContain('30 × 20');
  });

  test.each([
    ['lightness=20', '21'],
    ['median=5', '6'],
    ['brightness=1.2', '1.21'],
    ['sharpen=2', '2.1'],
  ])('one press of a key moves %s to %s', async (param, value) => {
    const { page } = await open(`#/photo/resize?width=90&${param}`);
    const slider = page.getByRole('slider', { name: param.split('=')[0] ?? '' });
    await slider.press('ArrowRight');
    expect(await slider.getAttribute('aria-valuetext')).toBe(value);
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
    await afterAnswer(page, 'focus=0.25%3A0.50', () => page.mouse.click(x + width / 4, y + height / 2));
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
