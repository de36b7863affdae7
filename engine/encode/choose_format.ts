import type { Output } from '../conversion.ts';
import { webFormats } from '../formats/accept.ts';
import type { Format } from '../formats/format.ts';
import { formatNamed, writableFormat } from '../formats/index.ts';
import { isInstalled } from '../formats/installed.ts';
import { photographic } from '../formats/usual_output.ts';
import { isAnimation, type Source } from '../header/inspect.ts';
import { isFlat } from '../native/raw_pixels.ts';
import { sharp } from '../native/sharp.ts';

export interface Chosen {
  readonly format: Format;
  /** Flat artwork is smaller and cleaner in lossless mode. */
  readonly lossless?: true;
}

/** The format of the input; where it cannot be written, PNG or JPEG. */
function formatLikeInput(source: Source): Format {
  const { format, alpha } = source;
  if (isAnimation(source) && !format.animated) return writableFormat('webp');
  if (format.usualOutput) return writableFormat(format.usualOutput);
  return format.writes ? format : writableFormat(alpha ? 'png' : 'jpeg');
}

/** Whether a picture is flat artwork. */
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

/** The formats on the client's list, best first, that can be written here and shown on a page. */
const acceptableFormats = (accept: readonly string[]): readonly Format[] =>
  accept
    .map(formatNamed)
    .filter((format) => format !== undefined)
    .filter(
      ({ name, writes, engine, writer = engine }) =>
        writes && webFormats.includes(name) && isInstalled(writer),
    );

/** Chooses for `auto`, by the client's list and the picture. */
async function chooseAutomatically({ accept = [] }: Output, source: Source): Promise<Chosen> {
  const isAnimated = isAnimation(source);
  const candidates = acceptableFormats(accept).filter(({ name, alpha }) =>
    name === 'svg' ? source.format.name === 'svg' : alpha || !source.alpha,
  );
  const format =
    (isAnimated && candidates.find(({ animated }) => animated)) ||
    candidates.find((one) => one.name !== 'gif');
  if (isAnimated || source.format.name === 'svg') return { format: format ?? formatLikeInput(source) };
  const drawn = await isDrawn(source);
  if (format?.name === 'webp' && drawn) return { format, lossless: true };
  if (format && format.name !== 'jpeg') return { format };
  return { format: writableFormat(source.alpha || drawn ? 'png' : 'jpeg') };
}

/** Chooses the output format: by `type`, else the format of the input. */
export async function chooseFormat(output: Output, source: Source): Promise<Chosen> {
  if (output.type === 'auto') return await chooseAutomatically(output, source);
  return { format: output.type ? writableFormat(output.type) : formatLikeInput(source) };
}
