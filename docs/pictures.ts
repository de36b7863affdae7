import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { readParams } from '../convert_stream/onthefly/params.ts';
import { readQuery } from '../convert_stream/onthefly/query.ts';
import { conversionOf } from '../engine/conversion.ts';
import { type Converted, type ConvertOptions, convert } from '../engine/convert.ts';
import { createIsolate } from '../engine/isolate.ts';
import { defaultLimits } from '../engine/limits.ts';
import type { Operation } from '../engine/operation.ts';
import { operations } from '../engine/operations/index.ts';
import { sharp } from '../engine/sharp.ts';

const fileOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** The picture that all examples start from: a photo held sideways, as its EXIF orientation says. */
export const source = { width: 480, height: 320 } as const;

const scene = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 480 320" width="480" height="320">
<defs><linearGradient id="sky" x2="0" y2="1"><stop stop-color="#1d4e89"/><stop offset="1" stop-color="#f7b267"/></linearGradient></defs>
<rect width="480" height="320" fill="url(#sky)"/><circle cx="350" cy="110" r="42" fill="#ffe8a3"/>
<path d="M0 250l110-120 70 70 90-110 210 180v60H0z" fill="#31475e"/><path d="M0 280l160-60 120 50 200-70v130H0z" fill="#1f6f50"/>
<path d="M118 292v-62l-26 18 26-72 26 72-26-18v62z" fill="#0b3d2e"/></svg>`;

async function sourcePhoto(): Promise<Buffer> {
  const upright = await sharp(Buffer.from(scene)).removeAlpha().png().toBuffer();
  return await sharp(upright).rotate(270).jpeg({ quality: 92 }).withMetadata({ orientation: 6 }).toBuffer();
}

/** Largest side of a picture on the page. */
const shownSide = 240;

export interface ExamplePicture {
  readonly query: string;
  readonly doc: string;
  /** Name of its file in docs/pictures/. */
  readonly file: string;
  readonly width: number;
  readonly height: number;
  readonly type: string;
  /** The result, shrunk to be shown. */
  readonly shown: Buffer;
}

const shrunk = async ({ data }: Converted): Promise<Buffer> =>
  await sharp(data)
    .resize({ width: shownSide, height: shownSide, fit: 'inside', withoutEnlargement: true })
    .webp({ quality: 70 })
    .toBuffer();

/** What the examples of an operation come to, through the on-the-fly door. */
async function picturesOf({ name, examples }: Operation, photo: Buffer, options: ConvertOptions) {
  return await Promise.all(
    examples.map(async ({ query, doc }, at): Promise<ExamplePicture> => {
      const params = readParams(readQuery(query));
      const made = await convert(photo, conversionOf([{ operation: name, params }], 'onthefly'), options);
      const { width, height } = made.info;
      const file = `${name}-${at + 1}.webp`;
      return { query, doc, file, width, height, type: made.format.name, shown: await shrunk(made) };
    }),
  );
}

/** The pictures of every operation's examples. */
export async function examplePictures(): Promise<ReadonlyMap<Operation, readonly ExamplePicture[]>> {
  const logo = await sharp(await readFile(fileOf('logo.svg')))
    .resize(96)
    .png()
    .toBuffer();
  const isolate = createIsolate();
  const options: ConvertOptions = { limits: defaultLimits, isolate, fetchImage: async () => logo };
  const photo = await sourcePhoto();
  try {
    const rows = operations.map(async (one) => [one, await picturesOf(one, photo, options)] as const);
    return new Map(await Promise.all(rows));
  } finally {
    await isolate.close();
  }
}

/** Writes them, and what they are made of, to docs/pictures/. */
export async function writePictures(): Promise<void> {
  await mkdir(fileOf('pictures'), { recursive: true });
  const photo = await sharp(Buffer.from(scene)).resize(shownSide).webp({ quality: 70 }).toBuffer();
  await writeFile(fileOf('pictures/source.webp'), photo);
  for (const pictures of (await examplePictures()).values())
    for (const { file, shown } of pictures) await writeFile(fileOf(`pictures/${file}`), shown);
}
