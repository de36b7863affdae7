import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { type Conversion, conversionOf, type Step } from '../../engine/conversion.ts';
import { convert } from '../../engine/convert.ts';
import type { DoorName } from '../../engine/door_defaults.ts';
import { defaultLimits } from '../../engine/limits.ts';
import { sharp } from '../../engine/native/sharp.ts';
import type { Params } from '../../engine/params.ts';
import { drawn, oriented } from '../engine/support/pictures.ts';
import { inFolder } from '../support/folder.ts';
import { isolated } from './support/conversions.ts';
import { writable } from './support/fixtures.ts';
import { type Seen, seenByEngine, seenByOthers, seenIn } from './support/seen.ts';

afterAll(async () => await isolated.close());

const size = { width: 48, height: 32 };
const pattern = ['WWb', 'Wbb'];
const picture = drawn(size.width, size.height, (x, y) => {
  const isWhite = pattern[Math.floor(y / 16)]?.[Math.floor(x / 16)] === 'W';
  return isWhite ? [255, 255, 255] : [0, 0, 0];
});
const upright: Seen = 'wide WWb/Wbb';
const tags = [1, 2, 3, 4, 5, 6, 7, 8];

/** XMP that repeats the orientation in both spellings. */
const xmpOf = (tag: number): string =>
  '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">' +
  `<rdf:Description xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="${tag}"/>` +
  `<rdf:Description xmlns:t="http://ns.adobe.com/tiff/1.0/"><t:Orientation>${tag}</t:Orientation>` +
  '</rdf:Description></rdf:RDF></x:xmpmeta>';

/** A picture that its tag lays upright, with credits, XMP and a colour profile. */
async function input(tag: number): Promise<Buffer> {
  return await sharp(await oriented(picture, tag))
    .withIccProfile('p3')
    .withExif({ IFD0: { Artist: 'Zoe', Copyright: 'Zoe 2026', Make: 'Maker', Orientation: String(tag) } })
    .withXmp(xmpOf(tag))
    .png()
    .toBuffer();
}

const inputs = tags.map(input);

const modes: Readonly<Record<string, Params>> = {
  keep: { stripmeta: false },
  strip: { stripmeta: true },
  copyright: { stripmeta: true, keepcopyright: true },
  noprofile: { stripmeta: false, noprofile: true },
};

/** Steps by name; `pipeline` is what Nextcloud asks for. */
const works: Readonly<Record<string, (params: Params) => readonly Step[]>> = {
  resize: (params) => [{ operation: 'resize', params: { ...params, width: 24 } }],
  crop: (params) => [{ operation: 'crop', params: { ...params, width: 36, height: 30 } }],
  rotate: (params) => [{ operation: 'rotate', params: { ...params, rotate: 90 } }],
  pipeline: (params) => [
    { operation: 'autorotate', params: {} },
    { operation: 'fit', params: { ...params, width: 24, height: 24, norotation: true } },
  ],
  norotation: (params) => [{ operation: 'convert', params: { ...params, norotation: true } }],
};

/** What is stored, as pixels that no tag has turned. */
async function storedPixels(tag: number, degrees: number): Promise<Seen> {
  const stored = await sharp(await oriented(picture, tag))
    .rotate(0)
    .png()
    .toBuffer();
  const turned = sharp(await sharp(stored).toBuffer())
    .rotate(degrees)
    .toColourspace('b-w')
    .raw();
  const { data, info } = await turned.toBuffer({ resolveWithObject: true });
  return seenIn({ data, width: info.width, height: info.height });
}

/** Formats whose files say how they lie: with metadata kept, norotation leaves that to them. */
const tagged = ['jpeg', 'png', 'webp', 'avif', 'tiff', 'jxl'];

async function expected(work: string, mode: string, type: string, tag: number): Promise<Seen> {
  if (work === 'rotate') return await storedPixels(tag, 90);
  const keepsTag = tagged.includes(type) && ['keep', 'noprofile'].includes(mode);
  return work === 'norotation' && !keepsTag ? await storedPixels(tag, 0) : upright;
}

async function converted(file: Buffer, conversion: Conversion): Promise<Buffer> {
  const fetchImage = () => Promise.reject(new Error('nothing to fetch'));
  return (await convert(file, conversion, { limits: defaultLimits, codecs: isolated, fetchImage })).data;
}

interface Output {
  readonly file: Buffer;
  readonly path: string;
  readonly cases: readonly string[];
  readonly wanted: ReadonlySet<Seen>;
}

/** Formats without a place for metadata are asked less. */
const isTold = (type: string): boolean => [...tagged, 'apng', 'tga'].includes(type);

interface Case {
  readonly door: DoorName;
  readonly work: string;
  readonly mode: string;
}

const doors: readonly DoorName[] = ['onthefly', 'inline'];

/**
 * Every work in every mode for this orientation; some of them for types that hold no metadata. The doors, which differ
 * in defaults only, take turns: each meets every work, every mode and every orientation.
 */
const casesOf = (type: string, tag: number): readonly Case[] =>
  Object.keys(works)
    .flatMap((work, row) =>
      Object.keys(modes).map(
        (mode, column): Case => ({ door: doors[(tag + row + column) % 2] ?? 'inline', work, mode }),
      ),
    )
    .filter(
      ({ work, mode }) =>
        isTold(type) || (['resize', 'pipeline'].includes(work) && ['keep', 'strip'].includes(mode)),
    );

/** Every output of a type by its bytes: most cases come to the same few files. */
async function outputsOf(type: string, folder: string): Promise<readonly Output[]> {
  const all = new Map<string, { file: Buffer; path: string; cases: string[]; wanted: Set<Seen> }>();
  for (const tag of tags) {
    const file = await inputs[tag - 1];
    for (const { door, work, mode } of casesOf(type, tag)) {
      const steps = works[work]?.({ ...modes[mode], type }) ?? [];
      const bytes = await converted(file ?? Buffer.alloc(0), conversionOf(steps, door));
      const key = createHash('sha256').update(bytes).digest('hex');
      const path = join(folder, `${key}.${type}`);
      const known = all.get(key) ?? { file: bytes, path, cases: [], wanted: new Set() };
      known.cases.push(`${door} ${work} ${mode} ${tag}`);
      known.wanted.add(await expected(work, mode, type, tag));
      all.set(key, known);
    }
  }
  for (const { path, file } of all.values()) await writeFile(path, file);
  return [...all.values()];
}

test.each(writable)(
  'every reader sees %s upright once, whatever its orientation and metadata',
  async (type) => {
    await inFolder(async (folder) => {
      const outputs = await outputsOf(type, folder);
      const others = await seenByOthers(
        outputs.map(({ path }) => path),
        type,
      );
      const wrong: unknown[] = [];
      for (const { file, path, cases, wanted } of outputs) {
        const seen = [await seenByEngine(file), ...others.map((reader) => reader.get(path))];
        const all = new Set([...wanted, ...seen.filter((one) => one !== undefined)]);
        if (all.size > 1) wrong.push([cases, [...wanted], seen]);
      }
      expect(wrong).toEqual([]);
    });
  },
);

test.each(tagged)('EXIF and XMP of %s say that the picture is upright', async (type) => {
  for (const door of doors) {
    const params = { type, stripmeta: false, width: 24 };
    const file = await converted(await input(6), conversionOf([{ operation: 'resize', params }], door));
    const { xmp, orientation = 1 } = type === 'jxl' ? { xmp: file } : await sharp(file).metadata();
    expect(orientation).toBe(1);
    const told = (xmp ?? Buffer.alloc(0)).toString('latin1');
    expect([...told.matchAll(/Orientation(?:>|=")(\d)/g)].map(([, tag]) => tag)).toEqual(['1', '1']);
  }
});
