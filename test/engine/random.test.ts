import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { asProblem } from '../../common/problem.ts';
import { sharp } from '../../engine/native/sharp.ts';
import { operations } from '../../engine/operations/index.ts';
import { type ParamName, params } from '../../engine/params.ts';
import { animation, blue, oriented, png, quad, red, scenery } from './support/pictures.ts';
import { run } from './support/run.ts';

const inputs = [
  await png(quad(90, 60)),
  await oriented(scenery(90, 60), 6, 'jpeg'),
  await sharp({ create: { width: 50, height: 70, channels: 4, background: '#f008' } })
    .webp()
    .toBuffer(),
  await animation('gif', [red, blue]),
  Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="80" height="40"><circle r="30"/></svg>'),
];
const logo = await png(quad(20, 10));

const number = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 200 }).map(String) },
  { weight: 1, arbitrary: fc.constantFrom('0', '', '1', '-20', '1e2', '0.4', '20000', '999999999999') },
);
/** Values of a field: mostly sensible ones. */
function anyOf(name: ParamName): fc.Arbitrary<string> {
  const { kind } = params[name];
  const { values } = params[name] as { values?: readonly string[] };
  // AVIF and palettes only take time here.
  if (name === 'type') return fc.constantFrom('jpeg', 'png', 'webp', 'gif', 'tiff', '', 'nosuch');
  if (name === 'aspectratio') return fc.constantFrom('16:9', '1:1', '0:1', 'x');
  if (name === 'palette') return fc.constant('false');
  if (name === 'effort') return fc.constantFrom('0', '1', '2');
  if (name === 'text') return fc.constantFrom('Hello', 'a&b', '<b>x</b>', ' ');
  if (name === 'font') return fc.constantFrom('sans 10', 'serif bold 20', 'nosuch 8');
  if (values) return fc.constantFrom(...values);
  if (kind === 'bool') return fc.constantFrom('true', 'false', '');
  if (kind === 'colour') return fc.constantFrom('1,2,3', 'red', '#fff8', '0,0,0');
  if (name === 'sigma' || name === 'opacity') return fc.constantFrom('0', '0.2', '0.5', '3', '2000');
  return kind === 'string' ? fc.constant('x') : number;
}

test.each(operations.map((operation) => [operation.name, operation] as const))(
  '%s with random parameters gives the expected size, or a Problem',
  async (name, { fields }) => {
    const asked = fc.record(Object.fromEntries(fields.map((field) => [field, anyOf(field)])), {
      requiredKeys: [],
    });
    const mostlyFew = fc.tuple(asked, fc.subarray([...fields], { maxLength: Math.min(6, fields.length) }));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...inputs), mostlyFew, async (input, [all, few]) => {
        const entries = Object.entries(all).filter(([key]) => few.includes(key as ParamName));
        const query = new URLSearchParams(entries.map(([key, value]): [string, string] => [key, `${value}`]));
        const made = await run(input, `${name} ${query}`, { fetchImage: async () => logo }).catch(asProblem);
        if ('code' in made) {
          expect([made.message, made.status < 500]).toEqual([made.message, true]);
          return;
        }
        const found = await sharp(made.data).metadata();
        expect([found.width, found.pageHeight ?? found.height]).toEqual([made.info.width, made.info.height]);
      }),
      { numRuns: 30 },
    );
  },
);
