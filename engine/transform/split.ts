import type { Box, Size } from './geometry.ts';
import { turnFirst } from './merge.ts';
import { fromExif, inverse, isSame, isUpright, orientedSize, upright } from './orientation.ts';
import type { Transform } from './transform.ts';

/** The picture before a pass, and how much of it may be held at once. */
export interface Before extends Size {
  /** The EXIF tag, 0 to 8; 0 for every pass but the first. */
  readonly orientation: number;
  /** The most pixels of one frame that may be held at once. */
  readonly maxPixels: number;
}

/** libvips cannot address pixels far beyond this. */
const maxCoordinate = 50e6;

/** Source pixels around a region that the kernel of a resize reads. */
const margin = 4;

const area = ({ width, height }: Size): number => width * height;
const turnOf = ({ orientation = upright }: Transform) => orientation;
const isSmart = ({ crop }: Transform): boolean => crop !== undefined && 'smart' in crop;

/** The picture that is resized: after turning, and only the region that is kept. */
const partToScale = (pass: Transform, before: Size): Box => ({
  left: 0,
  top: 0,
  ...orientedSize(before, turnOf(pass)),
  ...pass.region,
});

/** The span of the source that one axis of a crop needs: its start, its length, and its length after the resize. */
function sourceSpan(source: number, scaled: number, start: number, length: number) {
  const factor = scaled / source;
  const first = Math.max(0, Math.floor(start / factor) - margin);
  const last = Math.min(source, Math.ceil((start + length) / factor) + margin);
  const resized = Math.max(length, Math.round((last - first) * factor));
  const cut = Math.min(Math.max(0, Math.round(start - first * factor)), resized - length);
  return { first, length: last - first, resized, cut };
}

/** The crop, taken from the source first as far as whole pixels allow. */
function cropFirst(pass: Transform, resize: Size, crop: Box, before: Size): Transform {
  const source = partToScale(pass, before);
  const x = sourceSpan(source.width, resize.width, crop.left, crop.width);
  const y = sourceSpan(source.height, resize.height, crop.top, crop.height);
  return {
    ...pass,
    region: { left: source.left + x.first, top: source.top + y.first, width: x.length, height: y.length },
    resize: { width: x.resized, height: y.resized },
    crop: { left: x.cut, top: y.cut, width: crop.width, height: crop.height },
  };
}

/** libvips makes only those pixels of a resize that a crop keeps, unless a turn comes between them. */
function splitLargeCrop(pass: Transform, before: Before): readonly Transform[] {
  const { resize, crop } = pass;
  if (resize === undefined || crop === undefined || 'smart' in crop) return [pass];
  if (!(area(resize) > before.maxPixels)) return [pass];
  const folded =
    Math.max(resize.width, resize.height) > maxCoordinate ? cropFirst(pass, resize, crop, before) : pass;
  const turn = turnOf(pass);
  if (isUpright(turn)) return [folded];
  const { region, resize: scaled, crop: box, kernel, ...rest } = folded;
  const geometry = {
    orientation: turn,
    ...(region && { region }),
    ...(scaled && { resize: scaled }),
    ...(box && { crop: box }),
    ...(kernel && { kernel }),
  };
  return [turnFirst(geometry, inverse(turn), before), rest];
}

/** A smart crop holds all of the resized picture. Where that is too much, the crop comes first, then the resize. */
function splitLargeSmartCrop(pass: Transform, before: Before): readonly Transform[] {
  const { resize, crop, region, orientation, kernel, ...rest } = pass;
  if (resize === undefined || crop === undefined || !('smart' in crop)) return [pass];
  const source = partToScale(pass, before);
  if (!(area(resize) > before.maxPixels && area(resize) > area(source))) return [pass];
  const smart = {
    width: Math.max(1, Math.round((crop.smart.width * source.width) / resize.width)),
    height: Math.max(1, Math.round((crop.smart.height * source.height) / resize.height)),
  };
  const first = { ...(orientation && { orientation }), ...(region && { region }), crop: { smart } };
  return [first, { ...rest, resize: crop.smart, ...(kernel && { kernel }) }];
}

/** A smart crop looks at the turned picture. sharp turns and then crops in one pass only for the EXIF orientation. */
function splitTurnedSmartCrop(pass: Transform, { orientation: tag }: Before): readonly Transform[] {
  const { orientation = upright, region, resize, kernel, ...rest } = pass;
  const inOnePass = isUpright(orientation) || (tag > 0 && !region && isSame(orientation, fromExif(tag)));
  if (!isSmart(pass) || inOnePass) return [pass];
  const before = { ...(region && { region }), ...(resize && { resize }), ...(kernel && { kernel }) };
  return [{ orientation, ...before }, rest];
}

/** Splits a pass into passes that sharp can do in one pipeline each, and that hold as few pixels as possible. */
export function splitPass(pass: Transform, before: Before): readonly Transform[] {
  const [first = pass, ...more] = isSmart(pass)
    ? splitLargeSmartCrop(pass, before)
    : splitLargeCrop(pass, before);
  return [...splitTurnedSmartCrop(first, before), ...more];
}
