import { expect, test } from '@jest/globals';
import { effectFields, effectNames, effects } from '../../engine/effects/index.ts';
import { operations } from '../../engine/operations/index.ts';
import { decoded, difference, drawn, jpeg, pixelAt, png, scenery } from './support/pictures.ts';
import { codeOf, run } from './support/run.ts';

const input = () =>
  png(
    drawn(300, 200, (x, y) =>
      (7 * x + 13 * y) % 31 < 3 ? [250, 250, 240] : [x % 40 < 20 ? 200 : 60, 90, y],
    ),
  );

test('every operation but autorotate takes the parameters of every effect', () => {
  for (const { name, fields } of operations) {
    const missing = Object.keys(effectFields).filter((field) => !fields.some((one) => one === field));
    expect([name, missing]).toEqual([name, name === 'autorotate' ? Object.keys(effectFields) : []]);
  }
});

test('every effect with parameters changes the picture of its example', async () => {
  for (const name of effectNames) {
    const { example, fields } = effects[name];
    if (example === null) continue;
    const query = new URLSearchParams(example.query);
    const made = await decoded((await run(await input(), `resize ${query}&type=png`)).data);
    for (const field of Object.keys(fields)) query.delete(field);
    const plain = await decoded((await run(await input(), `resize ${query}&type=png`)).data);
    expect([name, difference(made, plain) > 0.5]).toEqual([name, true]);
  }
});

test.each(['onthefly', 'inline', 'batch'] as const)(
  'gamma raises channels through the %s door',
  async (door) => {
    const levels = [0, 10, 60, 128, 200, 255];
    const strip = await png(drawn(levels.length, 4, (x) => [levels[x] ?? 0, 128, 255 - (levels[x] ?? 0)]));
    const raw = await decoded((await run(strip, 'convert type=png&gamma=2', { door })).data);
    for (const [x, level] of levels.entries()) {
      const wanted = [level, 128, 255 - level].map((one) => 255 * (one / 255) ** 0.5);
      const off = pixelAt(raw, x, 2).map((one, channel) => Math.abs(one - (wanted[channel] ?? 0)) <= 1);
      expect([level, off]).toEqual([level, [true, true, true]]);
    }
  },
);

test('sharpen raises the contrast of an edge and leaves flat parts', async () => {
  const edge = await png(drawn(40, 10, (x) => (x < 20 ? [90, 90, 90] : [160, 160, 160])));
  const raw = await decoded((await run(edge, 'convert type=png&sharpen=2')).data);
  const at = (x: number): number => pixelAt(raw, x, 5)[0] ?? 0;
  expect([at(19) < 85, at(20) > 165, Math.abs(at(3) - 90) <= 1, Math.abs(at(36) - 160) <= 1]).toEqual([
    true,
    true,
    true,
    true,
  ]);
});

test.each([
  ['sharpen=0', 'none'],
  ['sharpen=10', 'none'],
  ['sharpen=10.1', 'invalid_param'],
  ['gamma=0', 'none'],
  ['gamma=1', 'none'],
  ['gamma=3', 'none'],
  ['gamma=0.9', 'invalid_param'],
  ['gamma=3.1', 'invalid_param'],
  ['sigma=1000', 'none'],
  ['sigma=1000.1', 'invalid_param'],
])('%s ends with %s at every operation', async (query, code) => {
  const picture = await jpeg(scenery(24, 16));
  for (const step of ['resize width=10', 'crop width=10', 'flip type=png', 'zoom factor=1']) {
    expect([step, await codeOf(run(picture, `${step}&${query}`))]).toEqual([step, code]);
  }
});
