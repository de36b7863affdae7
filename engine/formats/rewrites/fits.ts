import { checkPixels, type Rewrite } from './rewrite.ts';

const cardBytes = 80;
const blockBytes = 2880;
const mostCards = 36 * 100;
/** Pictures have two axes, and planes of pictures three. */
const mostAxes = 9;

interface Fits {
  readonly cards: ReadonlyMap<string, number>;
  readonly sides: readonly number[];
  readonly dataAt: number;
}

/** The cards of a header that are numbers, by name (FITS standard 4.0, 4.1); undefined where it does not end. */
function headerOf(data: Buffer): Fits | undefined {
  const cards = new Map<string, number>();
  for (let index = 0; index < mostCards && (index + 1) * cardBytes <= data.length; index += 1) {
    const card = data.toString('latin1', index * cardBytes, (index + 1) * cardBytes);
    const name = card.slice(0, 8).trimEnd();
    if (name === 'END') {
      const sides = Array.from(
        { length: Math.min(cards.get('NAXIS') ?? 0, mostAxes) },
        (_, axis) => cards.get(`NAXIS${axis + 1}`) ?? 0,
      );
      return { cards, sides, dataAt: Math.ceil(((index + 1) * cardBytes) / blockBytes) * blockBytes };
    }
    const value = Number.parseFloat(card.slice(10, 30).replace('D', 'E'));
    if (card[8] === '=' && !Number.isNaN(value)) cards.set(name, value);
  }
  return undefined;
}

/** Readers of integers by BITPIX; they have signs. */
const readers: Readonly<Record<number, (data: Buffer, at: number) => number>> = {
  16: (data, at) => data.readInt16BE(at),
  32: (data, at) => data.readInt32BE(at),
  64: (data, at) => Number(data.readBigInt64BE(at)),
};

/** Levels from the least sample to the greatest. */
function levelsOf(samples: Float64Array): Buffer {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of samples) [least, most] = [Math.min(least, value), Math.max(most, value)];
  const scale = 255 / (most - least || 1);
  return Buffer.from(samples.map((value) => Math.round((value - least) * scale)));
}

/** A file of eight bits with these sides. */
function fitsOf(sides: readonly number[], levels: Buffer): Buffer {
  const card = (name: string, value: number | string): string =>
    `${name.padEnd(8)}= ${String(value).padStart(20)}`.padEnd(cardBytes);
  const cards = [
    card('SIMPLE', 'T'),
    card('BITPIX', 8),
    card('NAXIS', sides.length),
    ...sides.map((side, axis) => card(`NAXIS${axis + 1}`, side)),
    'END',
  ];
  const padding = Buffer.alloc((blockBytes - (levels.length % blockBytes)) % blockBytes);
  return Buffer.concat([Buffer.from(cards.join('').padEnd(blockBytes)), levels, padding]);
}

/** BZERO of unsigned integers of sixteen bits, which ImageMagick reads. */
const unsigned16 = 32_768;

/** Scales integers to eight bits: ImageMagick shows those of sixteen bits flat, and longer ones as one colour. */
export const rewriteFits: Rewrite = (data, { maxPixels }) => {
  const { cards, sides, dataAt } = headerOf(data) ?? {
    cards: new Map<string, number>(),
    sides: [],
    dataAt: 0,
  };
  const bits = cards.get('BITPIX') ?? 8;
  const read = readers[bits];
  const count = sides.reduce((product, side) => product * side, 1);
  const isUnsigned = bits === 16 && cards.get('BZERO') === unsigned16;
  const isPicture = sides.length >= 2 && sides.every((side) => Number.isInteger(side) && side > 0);
  if (!read || isUnsigned || !isPicture) return { data };
  checkPixels(count, 1, maxPixels);
  const width = bits / 8;
  // The decoder says that the file ends too early.
  if (data.length < dataAt + count * width) return { data };
  const samples = Float64Array.from({ length: count }, (_, index) => read(data, dataAt + index * width));
  return { data: fitsOf(sides, levelsOf(samples)) };
};
