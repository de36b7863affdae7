import type { Items } from './items.ts';

/** What libheif leaves undone in the samples that it decodes. */
export interface Traits {
  /** Colours are multiplied by opacity (`prem`, ISO/IEC 23008-12, 6.10.1). */
  readonly isPremultiplied: boolean;
  /** Grey goes from 16 to 235 of 255 (ISO/IEC 23091-2, 8.3). libheif widens colours, but not grey. */
  readonly isNarrowGrey: boolean;
}

/** Whether the pictures of a codec have no colours (AV1-ISOBMFF, 2.3.3; ISO/IEC 14496-15, 8.3.2). */
const isGreyBy: Readonly<Record<string, (body: Buffer) => boolean>> = {
  av1C: (body) => ((body[2] ?? 0) & 0x10) !== 0,
  hvcC: (body) => body.length > 16 && ((body[16] ?? 0) & 3) === 0,
};

/** Where the range of samples is in a `colr` box of the kind `nclx`, and its highest bit, which says full range. */
const [rangeAt, fullRange] = [10, 0x80];

export function readTraits({ primary, references, properties }: Items): Traits {
  // A grid refers to its tiles, which have the codec.
  const [tile = primary] = references.find(({ type, from }) => type === 'dimg' && from === primary)?.to ?? [];
  const own = properties.get(primary) ?? [];
  const isGrey = (properties.get(tile) ?? []).some(({ type, body }) => isGreyBy[type]?.(body));
  const isNarrow = own.some(
    ({ type, body }) =>
      type === 'colr' &&
      body.toString('latin1', 0, 4) === 'nclx' &&
      ((body[rangeAt] ?? fullRange) & fullRange) === 0,
  );
  return {
    isPremultiplied: references.some(({ type, from }) => type === 'prem' && from === primary),
    isNarrowGrey: isGrey && isNarrow,
  };
}

/** Pixels one after another: colours, and after them opacity if the number of channels is even. */
export interface Samples {
  readonly samples: Uint8Array | Uint16Array;
  readonly channels: number;
}

const black = 16 / 255;
const span = 219 / 255;

/** Does in place what libheif leaves undone. */
export function completeSamples({ samples, channels }: Samples, traits: Traits): void {
  const most = samples instanceof Uint16Array ? 65_535 : 255;
  const hasAlpha = channels % 2 === 0;
  const colours = hasAlpha ? channels - 1 : channels;
  for (let at = 0; at < samples.length; at += channels) {
    const alpha = hasAlpha && traits.isPremultiplied ? (samples[at + colours] ?? 0) / most : 1;
    for (let channel = at; channel < at + colours; channel += 1) {
      const stored = (samples[channel] ?? 0) / most;
      const wide = traits.isNarrowGrey ? (stored - black) / span : stored;
      const value = alpha > 0 ? wide / alpha : 0;
      samples[channel] = Math.round(most * Math.min(1, Math.max(0, value)));
    }
  }
}
