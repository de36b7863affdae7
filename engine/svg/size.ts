import { byWord } from '../../common/by_word.ts';
import { Problem } from '../../common/problem.ts';
import { type Box, type Size, wholeSize } from '../transform/geometry.ts';
import type { Element } from './parse.ts';
import { sheetsOf } from './styles.ts';

/** The size in the root of a drawing, in CSS pixels. A side is absent if the root does not give it. */
export interface RootSize {
  readonly width?: number;
  readonly height?: number;
  readonly viewBox?: Box;
}

/** The size of a drawing and the part of its plane that it shows, in CSS pixels. Sides may be fractions. */
export interface Frame extends Size {
  readonly viewBox: Box;
}

/** The size of raw RGB or RGBA, eight bits a sample. */
export interface RawSize {
  readonly width: number;
  readonly height: number;
  readonly channels: 3 | 4;
}

const pixelsPerInch = 96;
/** The default font size of librsvg. */
const defaultFontSize = 12;

const pixelsPerUnit = byWord({
  '': 1,
  px: 1,
  in: pixelsPerInch,
  cm: pixelsPerInch / 2.54,
  mm: pixelsPerInch / 25.4,
  q: pixelsPerInch / 101.6,
  pt: pixelsPerInch / 72,
  pc: pixelsPerInch / 6,
});
const fontUnits = byWord({ em: 1, rem: 1, ex: 0.5, ch: 0.5 });

const length = /^\s*\+?(\d+\.?\d*(?:e[-+]?\d+)?|\.\d+(?:e[-+]?\d+)?)\s*([a-z]*)\s*$/i;

/** A positive length in pixels; undefined for percentages, words and units that depend on the window. */
function pixelsOf(text: string | undefined, fontSize: number): number | undefined {
  const [, amount = '', unit = ''] = length.exec(text ?? '') ?? [];
  const name = unit.toLowerCase();
  const pixels = Number(amount) * (pixelsPerUnit.get(name) ?? (fontUnits.get(name) ?? 0) * fontSize);
  return pixels > 0 && Number.isFinite(pixels) ? pixels : undefined;
}

function viewBoxOf(text: string | undefined): Box | undefined {
  const sides = (text ?? '')
    .trim()
    .split(/\s*,\s*|\s+/)
    .map(Number);
  const [left = 0, top = 0, width = 0, height = 0] = sides;
  if (sides.length !== 4 || !sides.every(Number.isFinite) || width < 0 || height < 0) return undefined;
  return { left, top, width, height };
}

/** The last value of a property in a `style` attribute. */
const styleValue = (style: string | undefined, property: string): string | undefined =>
  [...(style ?? '').matchAll(new RegExp(`(?:^|;)\\s*${property}\\s*:([^;!]*)`, 'gi'))].at(-1)?.[1];

/** Reads size and viewBox of the root element. */
export function rootSize({ attributes }: Element): RootSize {
  const read = (property: string): string | undefined =>
    styleValue(attributes.style, property) ?? attributes[property];
  const fontSize = pixelsOf(read('font-size'), defaultFontSize) ?? defaultFontSize;
  const width = pixelsOf(read('width'), fontSize);
  const height = pixelsOf(read('height'), fontSize);
  const viewBox = viewBoxOf(attributes.viewBox);
  return {
    ...(width === undefined ? {} : { width }),
    ...(height === undefined ? {} : { height }),
    ...(viewBox ? { viewBox } : {}),
  };
}

/**
 * The frame of a drawing; undefined if it depends on the ink.
 * A missing side follows the proportions of the viewBox. Without both sides, the viewBox gives the size.
 * @throws Problem `corrupt_image` if a viewBox without area is the only size.
 */
export function frameOf({ width, height, viewBox }: RootSize): Frame | undefined {
  if (viewBox === undefined) {
    if (width === undefined || height === undefined) return undefined;
    return { width, height, viewBox: { left: 0, top: 0, width, height } };
  }
  if (width !== undefined && height !== undefined) return { width, height, viewBox };
  const ratio = viewBox.width / viewBox.height;
  if (!(ratio > 0 && Number.isFinite(ratio)))
    throw new Problem('corrupt_image', 'SVG viewBox: expected sides above 0, got one of 0');
  if (width !== undefined) return { width, height: width / ratio, viewBox };
  if (height !== undefined) return { width: height * ratio, height, viewBox };
  return { width: viewBox.width, height: viewBox.height, viewBox };
}

/** The frame of a drawing without a viewBox by what it draws: all of it, or all beside the side that is given. */
export function inkFrame({ width, height }: RootSize, ink: Box): Frame {
  if (width === undefined && height === undefined)
    return { width: ink.width, height: ink.height, viewBox: ink };
  const sides = {
    width: width ?? Math.max(1, ink.left + ink.width),
    height: height ?? Math.max(1, ink.top + ink.height),
  };
  return { ...sides, viewBox: { left: 0, top: 0, ...sides } };
}

const numberText = (value: number): string => String(Math.round(value * 1e6) / 1e6);

const sizeRule = /(?:^|[^-\w])(?:width|height)\s*:/i;
const sizeDeclaration = /(^|;)\s*(?:width|height)\s*:[^;]*/gi;

/** Sets the size of a drawing, which then shows its whole frame. */
export function resizeDrawing<T extends { readonly root: Element }>(drawing: T, frame: Frame, size: Size): T {
  const { root } = drawing;
  const { left, top, ...box } = frame.viewBox;
  const [width, height] = [numberText(size.width), numberText(size.height)];
  const own = (root.attributes.style ?? '').replace(sizeDeclaration, '$1');
  // Rules of style sheets override attributes.
  const wins = sheetsOf(root).some((sheet) => sizeRule.test(sheet))
    ? `;width:${width}px!important;height:${height}px!important`
    : '';
  const attributes = {
    ...root.attributes,
    width,
    height,
    viewBox: [left, top, box.width, box.height].map(numberText).join(' '),
    ...(own + wins === '' ? {} : { style: own + wins }),
  };
  return { ...drawing, root: { ...root, attributes } };
}

/**
 * Rounds the size of a frame without moving its content, so that sharp edges stay sharp.
 * A small frame is not rounded but stretched later, because rounding would change its proportions.
 */
export function roundFrame(frame: Frame): Frame {
  const { width, height } = wholeSize(frame);
  const [across, down] = [width / frame.width, height / frame.height];
  if (Math.max(Math.abs(across - 1), Math.abs(down - 1)) > 0.05) return frame;
  const { viewBox } = frame;
  return {
    width,
    height,
    viewBox: { ...viewBox, width: viewBox.width * across, height: viewBox.height * down },
  };
}

/** Whether a drawing fills its frame, so that rounding may stretch it by less than a pixel. */
export const fillsFrame = ({ width, height, viewBox }: Frame): boolean =>
  Math.abs((width / height) * (viewBox.height / viewBox.width) - 1) < 1e-3;
