import { afterAll, expect, test } from '@jest/globals';
import { formatNamed } from '../../engine/formats/index.ts';
import { isolated, run } from './support/conversions.ts';
import { fixture, gradient, pngOf, readable, size, withClearCorner, writable } from './support/fixtures.ts';
import { difference, type Look, look, readByEngine, wrongSides } from './support/look.ts';

afterAll(async () => await isolated.close());

const usualTolerance = 6;
/** Few colours, blocks of four, or a drawing of its own. */
const tolerances: Readonly<Record<string, number>> = { gif: 8, dds: 8, jp2: 8, j2k: 8 };
const grey = ['pgm', 'fits'];

/** Whether two looks are of one picture, as far as the formats between them can say; otherwise by how much not. */
function likeness(a: Look, b: Look, names: readonly string[]): 'like' | number {
  if (names.some((name) => ['pbm', 'xbm'].includes(name)))
    return wrongSides(a, b) === 0 ? 'like' : wrongSides(a, b);
  const off = difference(
    a,
    b,
    names.some((name) => grey.includes(name)),
  );
  const most = Math.max(...names.map((name) => tolerances[name] ?? usualTolerance));
  return off <= most ? 'like' : off;
}

/** Fixtures drawn without the clear corner. */
const whole = ['pcx', 'xbm', 'heif', 'dpx', 'pfm', 'fits', 'raw'];
/** Developed from a mosaic, drawn, or green only: they do not look like the others. */
const unlike = ['raw', 'svg', 'fits'];

test.each(readable)('%s is read as what it shows', async (name) => {
  const seen = await look(await readByEngine(await fixture(name)));
  const isClear = Boolean(formatNamed(name)?.alpha) && ![...whole, 'pdf'].includes(name);
  expect(seen).toMatchObject({ ...size, corner: isClear ? 0 : 255 });
  const reference = await look(await pngOf(whole.includes(name) ? gradient() : withClearCorner));
  if (!unlike.includes(name)) expect(likeness(reference, seen, [name])).toBe('like');
});

/** Every input meets its own type and half of the others, and every type half of the inputs: all pairs take minutes. */
const typesFor = (name: string): readonly string[] =>
  writable.filter((type, at) => type === name || (at + readable.indexOf(name)) % 2 === 0);

test.each(readable)(
  '%s becomes formats that are written, of the same size, opacity and look',
  async (name) => {
    const input = await fixture(name);
    const original = await look(input);
    for (const type of typesFor(name)) {
      const made = await run(input, { type, depth: '8' });
      const seen = await look(made.data);
      const keepsAlpha = formatNamed(type)?.alpha && type !== 'pdf';
      expect({ type, made: [made.info.width, made.info.height], corner: seen.corner < 8 }).toEqual({
        type,
        made: [size.width, size.height],
        corner: keepsAlpha ? original.corner < 8 : false,
      });
      expect({ type, width: seen.width, height: seen.height }).toEqual({ type, ...size });
      expect({ type, is: likeness(original, seen, [name, type]) }).toEqual({ type, is: 'like' });
    }
  },
);
