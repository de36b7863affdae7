import { afterAll, expect, test } from '@jest/globals';
import { createIsolate, type Errand } from '../../engine/isolate.ts';
import { decoded, difference } from './support/pictures.ts';
import { noIsolate, run } from './support/run.ts';

const real = createIsolate();
afterAll(() => real.close());
const errands: Errand[] = [];
const isolate = {
  ...real,
  run: (errand: Errand) => {
    errands.push(errand);
    return real.run(errand);
  },
};

const drawing = (inside: string): Buffer =>
  Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30">${inside}<circle cx="20" cy="15" r="12" fill="#c33"/></svg>`,
  );
/** A filter that changes nothing. */
const filtered = drawing(
  '<filter id="f"><feOffset dx="0"/></filter><g filter="url(#f)"><path d="M0 0"/></g>',
);
const plain = drawing('');

test('a plain drawing is drawn here', async () => {
  expect((await run(plain, 'convert type=png', { isolate: noIsolate })).info.width).toBe(40);
});

test.each([
  'convert type=png',
  'thumbnail width=200&type=png',
  'thumbnail width=200&height=60&type=png&rotate=90',
  'enlarge width=100&height=100&type=png',
  'crop width=20&type=png&gravity=west',
  'extract width=80&top=10&left=10&areawidth=40&areaheight=30&type=png&flip=true',
])('a drawing with a filter is drawn apart, as sharp as here: %s', async (step) => {
  errands.splice(0);
  const apart = await run(filtered, step, { isolate });
  expect(errands.map(({ task }) => task)).toEqual(['svg.draw']);
  const here = await run(plain, step);
  expect([apart.info.width, apart.info.height]).toEqual([here.info.width, here.info.height]);
  expect(difference(await decoded(apart.data), await decoded(here.data))).toBeLessThan(2);
});
