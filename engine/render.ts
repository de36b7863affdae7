import type { Box, Size } from './geometry.ts';
import { laid, upright } from './orientation.ts';
import type { Output } from './output.ts';
import type { Sharp } from './sharp.ts';
import type { Transform } from './transform.ts';

/** What the rest of the picture needs to know to be rendered. */
export interface Canvas extends Size {
  readonly alpha: boolean;
}

/** The overlay, drawn: where its top left corner lies, or tiled. */
export interface Layer {
  readonly input: Buffer;
  readonly left?: number;
  readonly top?: number;
  readonly tile?: boolean;
}

const isBox = (crop: NonNullable<Transform['crop']>): crop is Box => !('smart' in crop);
const turned = ({ width, height }: Size, sideways: boolean): Size =>
  sideways ? { width: height, height: width } : { width, height };

/** A box on the laid picture, as it lies on the stored one (sharp extracts before it turns). */
type Work = (image: Sharp, transform: Transform, source: Canvas) => Sharp;

const region: Work = (image, { region: box, orientation = upright }) => {
  if (box === undefined) return image;
  // An extraction before the resize comes after explicit turns only when they are asked for first.
  return turn(image, { orientation }).extract(box);
};

/** The work that orders itself: resize first, so that JPEG, WebP and SVG shrink while they load, then turn. */
const resizeAndTurn: Work = (image, transform) => {
  const { resize, crop, region: box, orientation = upright, nearest } = transform;
  const sideways = box === undefined && orientation.rotate % 180 !== 0;
  const kernel = nearest ? { kernel: 'nearest' as const } : {};
  if (crop && !isBox(crop))
    return image.resize({ ...crop.smart, fit: 'cover', position: 'attention', ...kernel });
  const sized = resize ? image.resize({ ...turned(resize, sideways), fit: 'fill', ...kernel }) : image;
  return box === undefined ? turn(sized, { orientation }) : sized;
};

const turn = (image: Sharp, { orientation = upright }: Transform): Sharp => {
  const flopped = orientation.flop ? image.flop() : image;
  return orientation.rotate === 0 ? flopped : flopped.rotate(orientation.rotate);
};

const crop: Work = (image, { crop: box }) => (box && isBox(box) ? image.extract(box) : image);

const pad: Work = (image, transform, source) => {
  const { pad: canvas, extend = 'copy', background } = transform;
  if (canvas === undefined) return image;
  const inner =
    transform.crop && isBox(transform.crop)
      ? transform.crop
      : (transform.resize ?? laid(source, transform.orientation ?? upright));
  const edges = {
    left: canvas.left,
    top: canvas.top,
    right: canvas.width - canvas.left - inner.width,
    bottom: canvas.height - canvas.top - inner.height,
  };
  if (extend === 'copy' || extend === 'mirror') return image.extend({ ...edges, extendWith: extend });
  const colour = extend === 'background' && background ? background : { r: 0, g: 0, b: 0, alpha: 1 };
  return image.extend({
    ...edges,
    background: extend === 'white' ? { r: 255, g: 255, b: 255, alpha: 1 } : colour,
  });
};

const blur: Work = (image, { blur: sigma }) => (sigma === undefined ? image : image.blur(sigma));
const background: Work = (image, { background: colour }) =>
  colour === undefined ? image : image.flatten({ background: colour });
const grey: Work = (image, transform) => (transform.grey ? image.toColourspace('b-w') : image);

/** The one order of pixel work. */
const order: readonly Work[] = [region, resizeAndTurn, crop, pad, blur, background, grey];

/** Puts one pass of pixel work on a pipeline of sharp. */
export function render(
  image: Sharp,
  transform: Transform,
  source: Canvas,
  layers: readonly Layer[] = [],
): Sharp {
  const worked = order.reduce((piped, work) => work(piped, transform, source), image);
  return layers.length === 0 ? worked : worked.composite([...layers]);
}

/** sharp's own record of what is asked: its `withMetadata` sets the tag too, but always converts to sRGB. */
interface WithOptions {
  readonly options: { withMetadataOrientation: number };
}

/** What of the input's metadata goes into the output; the orientation has been applied, so its tag says upright. */
export function withMetadata(image: Sharp, output: Output, keepProfile: boolean, tag: number): Sharp {
  if (output.metadata === 'strip') return image;
  const kept = image.keepExif().keepXmp();
  if (tag > 0) (kept as unknown as WithOptions).options.withMetadataOrientation = 1;
  return keepProfile ? kept.keepIccProfile() : kept;
}
