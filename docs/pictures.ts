import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { readQuery } from '../convert_stream/http/query.ts';
import { readQueryParams } from '../convert_stream/onthefly/request/params.ts';
import { createCodecPool } from '../engine/codec_worker/pool.ts';
import { conversionOf } from '../engine/conversion.ts';
import { type ConvertOptions, convert } from '../engine/convert.ts';
import { effects } from '../engine/effects/index.ts';
import { defaultLimits } from '../engine/limits.ts';
import { sharp } from '../engine/native/sharp.ts';
import { operationNamed, operations } from '../engine/operations/index.ts';
import type { Operation } from '../engine/operations/operation.ts';
import { params } from '../engine/params.ts';

const fileOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** The picture that all examples start from, wider than high and with its subject to the right. */
export const source = { width: 480, height: 320 } as const;

const scene = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 480 320" width="480" height="320">
<defs><linearGradient id="sky" x2="0" y2="1"><stop stop-color="#2a6fbb"/><stop offset="1" stop-color="#f9cf9c"/></linearGradient>
<clipPath id="bag"><path d="M318 186c-50-50-68-78-56-112 10-28 32-38 58-38s48 10 58 38c12 34-6 62-56 112z"/></clipPath></defs>
<rect width="480" height="320" fill="url(#sky)"/><circle cx="70" cy="66" r="26" fill="#fff3c4"/>
<path d="M0 250l110-110 80 75 90-60 200 150v60H0z" fill="#5b7a99"/><path d="M110 140l-34 34 26-6 14 14 10-16 22 8z" fill="#fff"/>
<path d="M0 276l170-46 130 44 180-44v120H0z" fill="#2f8f5b"/>
<path d="M30 300l26-60 26 60zM62 306l20-48 20 48z" fill="#14532d"/>
<path d="M160 262h56v40h-56z" fill="#fdf6e3"/><path d="M152 264l36-28 36 28z" fill="#8c3b2e"/><path d="M182 278h14v24h-14z" fill="#5b3a29"/>
<g clip-path="url(#bag)"><path d="M250 20h140v180H250z" fill="#e63946"/><path d="M290 20h20v180h-14zM330 20h22l-8 180h-14z" fill="#ffd166"/></g>
<path d="M312 186l-4 22m20-22l4 22" stroke="#5b3a29" stroke-width="2"/><path d="M306 207h28v20h-28z" fill="#8a5a2b"/></svg>`;

const upright = (): Promise<Buffer> => sharp(Buffer.from(scene)).removeAlpha().png().toBuffer();
const asStored = async (): Promise<Buffer> =>
  await sharp(await upright())
    .rotate(270)
    .jpeg({ quality: 92 })
    .toBuffer();

/** The picture as most examples find it, and as a camera held sideways would have stored it. */
async function sources() {
  const stored = sharp(await asStored()).jpeg({ quality: 92 });
  return {
    upright: await sharp(await upright())
      .jpeg({ quality: 92 })
      .toBuffer(),
    sideways: await stored.withMetadata({ orientation: 6 }).toBuffer(),
  };
}

/** Pictures are shown at this part of their size, so that theirs can be compared. */
const shownScale = 0.5;

export interface ExamplePicture {
  readonly query: string;
  readonly doc: string;
  /** Name of its file in docs/pictures/. */
  readonly file: string;
  readonly width: number;
  readonly height: number;
  readonly type: string;
  /** Name of the file of what it starts from, where that is not the source of all. */
  readonly before: string | undefined;
  /** The result, shrunk to be shown. */
  readonly shown: Buffer;
}

async function shrunk(data: Buffer): Promise<Buffer> {
  const { width } = await sharp(data).metadata();
  return await sharp(data)
    .resize(Math.round(width * shownScale))
    .webp({ quality: 75 })
    .toBuffer();
}

type Sources = Awaited<ReturnType<typeof sources>>;

/** What the examples of an operation come to, through the on-the-fly door. */
async function picturesOf(operation: Operation, from: Sources, options: ConvertOptions) {
  const { name, examples } = operation;
  const prefix = operation === effectExamples ? 'effects' : name;
  return await Promise.all(
    examples.map(async ({ query: written, doc, needsSideways }, at): Promise<ExamplePicture> => {
      const query = written.replace('{logo}', params.image.example);
      const conversion = conversionOf(
        [{ operation: name, params: readQueryParams(readQuery(query)) }],
        'onthefly',
      );
      const made = await convert(needsSideways ? from.sideways : from.upright, conversion, options);
      const { width, height } = made.info;
      const file = `${prefix}-${at + 1}.webp`;
      const before = needsSideways ? 'sideways.webp' : undefined;
      return {
        query,
        doc,
        file,
        width,
        height,
        before,
        type: made.format.name,
        shown: await shrunk(made.data),
      };
    }),
  );
}

/** An operation whose examples are those of the effects. */
const shownBy = operationNamed('resize');
export const effectExamples: Operation = {
  ...shownBy,
  summary:
    'Every operation takes these. It trims, turns, scales, crops and fills its box first; then it does them in this order.',
  examples: Object.values(effects).flatMap(({ example }) => example ?? []),
};

/** The pictures of every operation's examples, and of the effects'. */
export async function examplePictures(): Promise<ReadonlyMap<Operation, readonly ExamplePicture[]>> {
  const logo = await sharp(await readFile(fileOf('logo.svg')))
    .resize(96)
    .png()
    .toBuffer();
  const codecs = createCodecPool();
  const options: ConvertOptions = { limits: defaultLimits, codecs, fetchImage: async () => logo };
  const from = await sources();
  try {
    const rows = [...operations, effectExamples].map(
      async (one) => [one, await picturesOf(one, from, options)] as const,
    );
    return new Map(await Promise.all(rows));
  } finally {
    await codecs.close();
  }
}

/** Writes them, and what they are made of, to docs/pictures/. */
export async function writePictures(): Promise<void> {
  await mkdir(fileOf('pictures'), { recursive: true });
  const before = { 'source.webp': await upright(), 'sideways.webp': await asStored() };
  for (const [file, data] of Object.entries(before))
    await writeFile(fileOf(`pictures/${file}`), await shrunk(data));
  for (const pictures of (await examplePictures()).values())
    for (const { file, shown } of pictures) await writeFile(fileOf(`pictures/${file}`), shown);
}
