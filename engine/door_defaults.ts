import type { Colour } from '../common/colour.ts';

/** The defaults of a door. */
export interface DoorDefaults {
  readonly quality: number;
  readonly metadata: 'keep' | 'strip';
  readonly background: Colour;
  /** Whether a damaged input is read as far as possible, or refused. */
  readonly damaged: 'read' | 'refuse';
  /** sharp's default of 4 takes six times as long for 2 % of the bytes. */
  readonly avifEffort: number;
  /** Bits a sample; Imaginary always writes eight. */
  readonly depth: '8' | 'keep';
  /** Imaginary writes TIFF uncompressed. */
  readonly tiffCompression: 'none' | 'deflate';
}

const black: Colour = { r: 0, g: 0, b: 0, alpha: 1 };
const white: Colour = { r: 255, g: 255, b: 255, alpha: 1 };

export const doors = {
  onthefly: {
    quality: 75,
    metadata: 'keep',
    background: black,
    damaged: 'read',
    avifEffort: 2,
    depth: '8',
    tiffCompression: 'none',
  },
  inline: {
    quality: 80,
    metadata: 'strip',
    background: white,
    damaged: 'refuse',
    avifEffort: 2,
    depth: 'keep',
    tiffCompression: 'deflate',
  },
  batch: {
    quality: 80,
    metadata: 'strip',
    background: white,
    damaged: 'refuse',
    avifEffort: 3,
    depth: 'keep',
    tiffCompression: 'deflate',
  },
} as const satisfies Readonly<Record<string, DoorDefaults>>;

export type DoorName = keyof typeof doors;
