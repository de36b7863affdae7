/**
 * `npm run bench -- encoders`: bytes, likeness and time of the encoders' settings, on pictures of four kinds that are
 * made here: photographs, art, text and screenshots. The defaults of the doors are chosen from its table.
 */
import sharp, { type Sharp } from 'sharp';
import { readLuma, ssim } from '../engine/encode/ssim.ts';
import { seeded } from '../local/kit/seeded.ts';
import { photograph } from './pictures.ts';
import type { ResultRow, Section } from './report.ts';

const [width, height] = [640, 480];

const svg = (body: string): Buffer =>
  Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${body}</svg>`);

const colourOf = (next: () => number): string =>
  `hsl(${Math.floor(next() * 360)},70%,${30 + Math.floor(next() * 50)}%)`;

/** Overlapping shapes with gradients, as in illustrations. */
function art(seed: number): Buffer {
  const next = seeded(seed);
  const at = (most: number): number => Math.floor(next() * most);
  const stops = `<linearGradient id="g"><stop offset="0" stop-color="${colourOf(next)}"/><stop offset="1" stop-color="${colourOf(next)}"/></linearGradient>`;
  const shapes = Array.from({ length: 40 }, () =>
    next() < 0.5
      ? `<circle cx="${at(width)}" cy="${at(height)}" r="${10 + at(120)}" fill="${colourOf(next)}"/>`
      : `<path d="M${at(width)} ${at(height)} Q${at(width)} ${at(height)} ${at(width)} ${at(height)} z" fill="${colourOf(next)}" opacity=".7"/>`,
  );
  return svg(`<defs>${stops}</defs><rect width="100%" height="100%" fill="url(#g)"/>${shapes.join('')}`);
}

const words = 'lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor'.split(' ');

/** Lines of words, as on a scanned page. */
function text(seed: number): Buffer {
  const next = seeded(seed);
  const line = (): string =>
    Array.from({ length: 12 }, () => words[Math.floor(next() * words.length)]).join(' ');
  const lines = Array.from(
    { length: 26 },
    (_, row) => `<text x="30" y="${40 + row * 21}" font-size="17">${line()}</text>`,
  );
  return svg(
    `<rect width="100%" height="100%" fill="#fdfdf8"/><g fill="#222" font-family="sans-serif">${lines.join('')}</g>`,
  );
}

/** Bars, panels, buttons and small text. */
function screenshot(seed: number): Buffer {
  const next = seeded(seed);
  const panel = (at: number): string => {
    const [x, y] = [200 + (at % 3) * 195, 70 + Math.floor(at / 3) * 170];
    const label = words[Math.floor(next() * words.length)];
    return `<rect x="${x}" y="${y}" width="180" height="150" rx="6" fill="#fff" stroke="#ccd"/><rect x="${x + 10}" y="${y + 30}" width="160" height="70" fill="${colourOf(next)}"/><text x="${x + 10}" y="${y + 20}" font-size="13">${label}</text><rect x="${x + 10}" y="${y + 115}" width="70" height="24" rx="4" fill="#2457d6"/>`;
  };
  const menu = Array.from(
    { length: 14 },
    (_, row) =>
      `<text x="20" y="${90 + row * 30}" font-size="14">${words[(seed + row) % words.length]}</text>`,
  );
  return svg(
    `<rect width="100%" height="100%" fill="#f3f4f7"/><rect width="100%" height="50" fill="#1d2433"/><g font-family="sans-serif" fill="#333">${menu.join('')}${Array.from({ length: 9 }, (_, at) => panel(at)).join('')}</g>`,
  );
}

const seeds = [1, 2, 3, 4, 5];
const kinds: Readonly<Record<string, (seed: number) => Promise<Sharp>>> = {
  photographs: (seed) => photograph(width, height, seed),
  art: async (seed) => sharp(art(seed)),
  text: async (seed) => sharp(text(seed)),
  screenshots: async (seed) => sharp(screenshot(seed)),
};

type Encode = (image: Sharp) => Sharp;

const efforts = (from: number, to: number): readonly number[] =>
  Array.from({ length: to - from + 1 }, (_, at) => from + at);

const settings: readonly (readonly [name: string, Encode])[] = [
  ['JPEG q75', (i) => i.jpeg({ quality: 75 })],
  ['JPEG q75, 4:4:4', (i) => i.jpeg({ quality: 75, chromaSubsampling: '4:4:4' })],
  ['JPEG q75, mozjpeg', (i) => i.jpeg({ quality: 75, mozjpeg: true })],
  ...efforts(2, 6).map(
    (effort) => [`WebP q75, effort ${effort}`, (i: Sharp) => i.webp({ quality: 75, effort })] as const,
  ),
  ...(['4:4:4', '4:2:0'] as const).flatMap((chromaSubsampling) =>
    efforts(0, 4).map(
      (effort) =>
        [
          `AVIF q60, effort ${effort}, ${chromaSubsampling}`,
          (i: Sharp) => i.avif({ quality: 60, effort, chromaSubsampling }),
        ] as const,
    ),
  ),
  ['PNG, level 6, filters', (i) => i.png({ compressionLevel: 6, adaptiveFiltering: true })],
  ['PNG, level 6, no filters', (i) => i.png({ compressionLevel: 6 })],
  ['PNG, level 9, filters', (i) => i.png({ compressionLevel: 9, adaptiveFiltering: true })],
];

interface Tried {
  readonly bytes: number;
  readonly ssim: number;
  readonly ms: number;
}

async function encodeOnce(png: Buffer, encode: Encode): Promise<Tried> {
  const { data: raw, info } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  const open = (): Sharp => sharp(raw, { raw: { width, height, channels } });
  const before = process.cpuUsage();
  const data = await encode(open()).toBuffer();
  const { user, system } = process.cpuUsage(before);
  const likeness = await ssim(await readLuma(open()), await readLuma(sharp(data)));
  return { bytes: data.length, ssim: likeness, ms: (user + system) / 1000 };
}

const mean = (all: readonly number[]): number => all.reduce((sum, one) => sum + one, 0) / all.length;

export async function encoders(): Promise<Section> {
  sharp.concurrency(1);
  const rows: ResultRow[] = [];
  const inputs = new Map<string, readonly Buffer[]>();
  for (const [kind, make] of Object.entries(kinds)) {
    const made = seeds.map(async (seed) => await (await make(seed)).png().toBuffer());
    inputs.set(kind, await Promise.all(made));
  }
  for (const [name, encode] of settings) {
    const cells: Record<string, number> = {};
    const all: Tried[] = [];
    for (const [kind, pictures] of inputs) {
      const tried: Tried[] = [];
      for (const picture of pictures) tried.push(await encodeOnce(picture, encode));
      cells[`${kind} kB`] = mean(tried.map(({ bytes }) => bytes)) / 1000;
      cells[`${kind} SSIM`] = Number(mean(tried.map((one) => one.ssim)).toFixed(4));
      all.push(...tried);
    }
    rows.push({ setting: name, ms: mean(all.map(({ ms }) => ms)), ...cells });
  }
  return { name: 'encoders', rows, targets: [] };
}
