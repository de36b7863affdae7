import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readConfig } from '../../common/fields/config.ts';
import { checkName, urlPath } from '../../common/object_name.ts';
import { outputName } from '../../convert_batch/output_name.ts';
import { bucketFields, planFields } from '../../convert_batch/plan_fields.ts';
import { readInlineRequest } from '../../convert_stream/inline/request.ts';
import { noPresets } from '../../engine/catalog.ts';
import { inputFormat } from '../../engine/formats/index.ts';
import { anyName } from '../support/names.ts';

const settings = (NAMES: string) =>
  readConfig({ ...bucketFields, ...planFields }, { NAMES, SRC_BUCKET_NAME: 'src', DEST_BUCKET_NAME: 'dst' });
const [byStem, byFullName] = [settings('stem'), settings('full')];

const objectOf = (name: string, metadata: Readonly<Record<string, string>> = {}) => ({
  bucket: 'src',
  name,
  generation: '1',
  bytes: 3,
  metadata,
});

const size = fc.constantFrom(undefined, '64', '320');
const requested = (wanted: string | undefined) =>
  wanted === undefined ? { format: 'webp' } : { format: 'webp', size: wanted };

/** The name that the inline door gives to an uploaded file; undefined where it refuses. */
function inlineName(name: string, fields: Readonly<Record<string, string>> = {}): string | undefined {
  const image = { field: 'image', name, data: Buffer.alloc(1), release: () => undefined };
  const upload = {
    fields: new Map(Object.entries({ format: 'webp', ...fields })),
    ambiguous: [],
    files: [image],
  };
  try {
    const query = { pairs: [], texts: new Map(), ambiguous: [] };
    const rules = { presets: noPresets, onlyPresets: false };
    return readInlineRequest({ upload, query, accept: undefined }, rules).object;
  } catch {
    return undefined;
  }
}

const batchName = (name: string, metadata: Readonly<Record<string, string>> = {}): string | undefined => {
  const made = outputName({ format: 'webp' }, objectOf(name, metadata), byStem);
  return made.fault === '' ? made.name : undefined;
};

/** Whether a name can be stored, served by its URL, and mistaken for no other. */
function checkHarmless(name: string): void {
  expect(checkName(name)).toBe(name);
  const { pathname, search, hash } = new URL(`https://cdn.example/base/${urlPath(name)}`);
  expect([decodeURIComponent(pathname), search, hash]).toEqual([`/base/${name}`, '', '']);
}

test('an output of any object has a harmless name, or the fault that says why not', () => {
  const metadata = fc.oneof(
    fc.constant({}),
    anyName.map((name) => ({ name })),
  );
  fc.assert(
    fc.property(anyName, metadata, size, fc.constantFrom(byStem, byFullName), (name, given, width, one) => {
      const made = outputName(requested(width), objectOf(name, given), one);
      if (made.fault === '') checkHarmless(made.name);
      else expect(made.fault).toMatch(/^name( of the object)?: expected a name .*got /);
      expect(made.name.endsWith(width ? `-${width}w.webp` : '.webp')).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

test('both doors give a file of any name the same output, or refuse it both', () => {
  fc.assert(
    fc.property(anyName, (name) => expect(inlineName(name)).toBe(batchName(name))),
    { numRuns: 2_000 },
  );
});

/** Names that are alike: the second is the first with another end. */
const alike = fc
  .tuple(
    anyName,
    fc.constantFrom('', '.png', '.JPG', '.123', '-320w', '-', '-64w-', '.webp'),
    fc.constantFrom('', '.gif', '.jpeg', '.124', '-320w-', '-64w'),
  )
  .map(([name, one, other]) => [`${name}${one}`, `${name}${other}`] as const);

test('with NAMES=full no two objects have an output in common', () => {
  fc.assert(
    fc.property(alike, size, size, ([one, other], first, second) => {
      const names = [
        outputName(requested(first), objectOf(one), byFullName).name,
        outputName(requested(second), objectOf(other), byFullName).name,
      ];
      if (one !== other) expect(names[0]).not.toBe(names[1]);
    }),
    { numRuns: 2_000 },
  );
});

const withoutPictureEnd = (name: string): string => {
  const end = /(?<=[^/])\.([^./]+)$/u.exec(name);
  return end && inputFormat(end[1] ?? '') ? name.slice(0, end.index) : name;
};

test('by stems two objects share an output only where they differ in the extension of a picture', () => {
  fc.assert(
    fc.property(alike, ([one, other]) => {
      const shares =
        outputName({ format: 'webp' }, objectOf(one), byStem).name ===
        outputName({ format: 'webp' }, objectOf(other), byStem).name;
      expect(shares).toBe(withoutPictureEnd(one) === withoutPictureEnd(other));
    }),
    { numRuns: 2_000 },
  );
});
