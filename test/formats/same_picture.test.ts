import { expect, test } from '@jest/globals';
import { formats, sniff } from '../../engine/formats/index.ts';
import { sharp } from '../../engine/native/sharp.ts';
import { difference, jpeg, type Raw, scenery } from '../engine/support/pictures.ts';
import { run } from '../engine/support/run.ts';

const [width, height] = [96, 64];

/** Flat artwork, part of it transparent: every format shows it nearly as it is, traced or not. */
const artwork = Buffer.from(
  `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="48" height="64" fill="#e03020"/><rect x="40" y="8" width="40" height="40" fill="#2050d0"/></svg>`,
);
const logo = Buffer.from(
  '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20"><rect width="20" height="20" fill="#20c040"/></svg>',
);
const inputs: Readonly<Record<string, () => Promise<Buffer>>> = {
  'an SVG': async () => artwork,
  'a PNG': async () => await sharp(artwork).png().toBuffer(),
  'a photograph': () => jpeg(scenery(width, height)),
};

/** They meet each step with every type in turn; an SVG, which has ways of its own, with all at once. */
const raster = ['a PNG', 'a photograph'];

const steps = [
  'resize scale=1&colorspace=bw',
  'blur sigma=2',
  'resize scale=1&background=30,160,90',
  'resize width=120&height=120&extend=white',
  'resize width=48&colorspace=bw&background=200,80,20',
  'extract left=30&top=4&areawidth=40&areaheight=40',
  'crop width=40&height=60',
  'smartcrop width=40&height=60',
  'flip',
  'flop colorspace=bw',
  'rotate rotate=90',
  'autorotate',
  'zoom factor=1',
  'watermarkimage image=x&left=10&top=10',
  'watermarkimage image=x&left=10&top=10&colorspace=bw',
  'watermark text=I&color=gold&opacity=1&noreplicate=true&left=5&top=5&font=sans+40',
];

/** What sharp shows as the engine does. */
const own = ['jpeg', 'png', 'webp', 'gif', 'avif', 'tiff'];

/** The picture on white, as RGB; a grey type shows its brightness. */
async function shown(data: Buffer, isGrey = false): Promise<Raw> {
  const png = own.includes(sniff(data).name)
    ? data
    : (await run(data, 'convert type=png&norotation=true&stripmeta=true')).data;
  const { data: pixels, info } = await sharp(png)
    .flatten({ background: 'white' })
    .toColourspace(isGrey ? 'b-w' : 'srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data: pixels, width: info.width, height: info.height, channels: info.channels };
}

/** Largest mean difference to the PNG, of 255; a wrong colour or turn makes more than 20. */
const closeness: Readonly<Record<string, number>> = {
  gif: 6,
  jpeg: 5,
  avif: 5,
  webp: 5,
  jxl: 5,
  pdf: 5,
  heif: 5,
  png: 6,
  svg: 12,
  pgm: 40,
};
/** All formats but those in black and white, and those that cannot mark a channel as opacity. */
const types = [
  ...formats
    .filter(({ writes, name }) => writes && !['pbm', 'j2k'].includes(name))
    .map(({ name }) => [name, `type=${name}`] as const),
  ['svg', 'type=svg&svg=wrap'],
  ['svg', 'type=svg&svg=trace'],
  ['pdf', 'type=pdf&lossless=true'],
  ['png', 'type=png&palette=true'],
] as const;

const fetchImage = async () => logo;
const rows = Object.keys(inputs).flatMap((name) => steps.map((step) => [name, step] as const));

test.each(rows)('%s through %s shows the same as every type', async (name, step) => {
  const input = (await inputs[name]?.()) ?? artwork;
  const png = (await run(input, [step, 'convert type=png'], { fetchImage, door: 'inline' })).data;
  const [colour, grey] = [await shown(png), await shown(png, true)];
  const wrong: string[] = [];
  for (const [at, [format, query]] of types.entries()) {
    if (name !== 'an SVG' && raster[(at + steps.indexOf(step)) % raster.length] !== name) continue;
    const { data } = await run(input, [step, `convert ${query}&quality=95`], { fetchImage, door: 'inline' });
    const found = await shown(data, format === 'pgm');
    const off = difference(found, format === 'pgm' ? grey : colour);
    if (!(off <= (closeness[format] ?? 4))) wrong.push(`${query}: ${found.width}x${found.height}, ${off}`);
  }
  expect(wrong).toEqual([]);
});
