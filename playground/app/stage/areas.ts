import { clamp } from '../kit/numbers.ts';
import type { Size } from '../source/shown.ts';

/** A part of a picture, in its pixels. */
export interface Area extends Size {
  readonly left: number;
  readonly top: number;
}

/** A point of a picture; 0 is its left or upper edge, 1 the other. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

/** The place of a pointer on an element. */
export function placeOf(element: Element, { clientX, clientY }: PointerEvent): Place {
  const { left, top, width, height } = element.getBoundingClientRect();
  return { x: clamp((clientX - left) / width, 0, 1), y: clamp((clientY - top) / height, 0, 1) };
}

/** The area between two corners. */
export const areaBetween = (a: Place, b: Place, { width, height }: Size): Area => ({
  left: Math.min(a.x, b.x) * width,
  top: Math.min(a.y, b.y) * height,
  width: Math.max(1, Math.abs(a.x - b.x) * width),
  height: Math.max(1, Math.abs(a.y - b.y) * height),
});

/** The area moved by pixels, inside of the picture. */
export const moveArea = (area: Area, x: number, y: number, size: Size): Area => ({
  ...area,
  left: clamp(area.left + x, 0, size.width - area.width),
  top: clamp(area.top + y, 0, size.height - area.height),
});

/** The area made wider and higher by pixels. */
export const growArea = (area: Area, x: number, y: number, size: Size): Area => ({
  ...area,
  width: clamp(area.width + x, 1, size.width - area.left),
  height: clamp(area.height + y, 1, size.height - area.top),
});

/** The area in whole pixels of a picture that is `scale` times as large. */
export function scaleArea({ left, top, width, height }: Area, scale: number): Area {
  const at = (value: number): number => Math.round(value * scale);
  // Edges are rounded, so that an area at the end of the picture stays inside.
  const size = (from: number, length: number): number => Math.max(1, at(from + length) - at(from));
  return { left: at(left), top: at(top), width: size(left, width), height: size(top, height) };
}

const arrows: Readonly<Record<string, readonly [x: number, y: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** The direction of an arrow key; undefined for other keys. */
export const directionOf = (key: string): readonly [x: number, y: number] | undefined => arrows[key];
