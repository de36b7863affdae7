import sharp, { type Sharp } from 'sharp';
import { seeded } from '../local/kit/seeded.ts';

/** One octave of noise: coarse noise, scaled up. More `cells` make it finer. */
async function octave(width: number, height: number, cells: number, next: () => number): Promise<Buffer> {
  const rows = Math.max(2, Math.round((cells * height) / width));
  const noise = Buffer.from(Array.from({ length: cells * rows * 3 }, () => Math.floor(next() * 256)));
  return await sharp(noise, { raw: { width: cells, height: rows, channels: 3 } })
    .resize(width, height, { fit: 'fill', kernel: 'cubic' })
    .raw()
    .toBuffer();
}

/** Weights of the octaves: in a photograph, finer detail is weaker. */
const octaves = [
  { cells: 6, weight: 0.5 },
  { cells: 40, weight: 0.25 },
  { cells: 240, weight: 0.16 },
  { cells: 960, weight: 0.09 },
];

/** A picture with the statistics of a photograph. Each seed gives its own picture, always the same. */
export async function photograph(width: number, height: number, seed: number): Promise<Sharp> {
  const next = seeded(seed);
  const layers: Buffer[] = [];
  for (const { cells } of octaves) layers.push(await octave(width, height, cells, next));
  const pixels = Buffer.alloc(width * height * 3);
  for (let at = 0; at < pixels.length; at += 1) {
    let value = 0;
    for (const [index, { weight }] of octaves.entries()) value += (layers[index]?.[at] ?? 0) * weight;
    pixels[at] = value;
  }
  return sharp(pixels, { raw: { width, height, channels: 3 } });
}

/** Kinds of input, each made from a seed. */
export const inputs = {
  /** 1920 x 1080, about 0.9 MB. */
  jpeg: async (seed: number) => (await photograph(1920, 1080, seed)).jpeg({ quality: 96 }).toBuffer(),
  /** 2725 x 2225 with an EXIF orientation, as a camera writes it. */
  camera: async (seed: number) =>
    (await photograph(2725, 2225, seed)).jpeg({ quality: 88 }).withMetadata({ orientation: 6 }).toBuffer(),
  /** One megapixel. */
  png: async (seed: number) => (await photograph(1152, 864, seed)).png().toBuffer(),
  alpha: async (seed: number) => (await photograph(1024, 768, seed)).ensureAlpha(0.7).png().toBuffer(),
  webp: async (seed: number) => (await photograph(1280, 720, seed)).webp({ quality: 85 }).toBuffer(),
  small: async (seed: number) => (await photograph(400, 300, seed)).jpeg({ quality: 85 }).toBuffer(),
} as const satisfies Readonly<Record<string, (seed: number) => Promise<Buffer>>>;

export type InputName = keyof typeof inputs;

const made = new Map<string, Promise<readonly Buffer[]>>();

/** `count` different pictures of a kind, made once per process. */
export function pictures(name: InputName, count: number): Promise<readonly Buffer[]> {
  const key = `${name}${count}`;
  const known =
    made.get(key) ?? Promise.all(Array.from({ length: count }, (_, seed) => inputs[name](seed + 1)));
  made.set(key, known);
  return known;
}
