import type { Format } from '../formats/format.ts';
import { formatNamed, writableFormat } from '../formats/index.ts';
import { isInstalled } from '../formats/installed.ts';
import { isAnimation, type Source } from '../header/inspect.ts';
import { isFlat } from '../native/raw_pixels.ts';
import { sharp } from '../native/sharp.ts';
import type { Output } from '../output.ts';

/** What a page can show; `auto` chooses among these only. */
const shown = ['avif', 'webp', 'jxl', 'png', 'apng', 'jpeg', 'gif', 'svg'];
/** Formats whose pictures never are flat artwork worth keeping exact. */
const photographic = ['jpeg', 'heif', 'raw'];

export interface Chosen {
  readonly format: Format;
  /** Flat artwork is smaller and cleaner without loss. */
  readonly lossless?: true;
}

/** As the input; where that cannot be written, what every program shows. */
function asInput(source: Source): Format {
  const { format, alpha } = source;
  if (isAnimation(source) && !format.animated) return writableFormat('webp');
  if (format.usualOutput) return writableFormat(format.usualOutput);
  return format.writes ? format : writableFormat(alpha ? 'png' : 'jpeg');
}

async function isDrawn({ format, bytes, width, height, paletted }: Source): Promise<boolean> {
  if (photographic.includes(format.name)) return false;
  if (paletted) return true;
  const box = {
    width: 1024,
    height: 1024,
    fit: 'inside',
    withoutEnlargement: true,
    kernel: 'nearest',
  } as const;
  const image = sharp(bytes, { limitInputPixels: false, failOn: 'none' }).resize(box).toColourspace('srgb');
  const { data, info } = await image
    .ensureAlpha()
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  return width * height > 0 && isFlat({ data, width: info.width, height: info.height });
}

/** The client's list, best first, as far as it can be written here and shown there. */
const acceptable = (accept: readonly string[]): readonly Format[] =>
  accept
    .map(formatNamed)
    .filter((format) => format !== undefined)
    .filter(
      ({ name, writes, engine, writer = engine }) => writes && shown.includes(name) && isInstalled(writer),
    );

async function automatic({ accept = [] }: Output, source: Source): Promise<Chosen> {
  const moving = isAnimation(source);
  const able = acceptable(accept).filter(({ name, alpha }) =>
    name === 'svg' ? source.format.name === 'svg' : alpha || !source.alpha,
  );
  const format = (moving && able.find(({ animated }) => animated)) || able.find((one) => one.name !== 'gif');
  if (moving || source.format.name === 'svg') return { format: format ?? asInput(source) };
  const drawn = await isDrawn(source);
  if (format?.name === 'webp' && drawn) return { format, lossless: true };
  if (format && format.name !== 'jpeg') return { format };
  return { format: writableFormat(source.alpha || drawn ? 'png' : 'jpeg') };
}

/** What is written: what was asked for, the best for the client and the picture (`auto`), else as the input. */
export async function chooseFormat(output: Output, source: Source): Promise<Chosen> {
  if (output.type === 'auto') return await automatic(output, source);
  return { format: output.type ? writableFormat(output.type) : asInput(source) };
}
