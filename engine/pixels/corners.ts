import type { Size } from '../transform/geometry.ts';
import type { Layer } from './layer.ts';

/** Radii of the corners, clockwise from the top left. */
type Radii = readonly [number, number, number, number];

/** Radii that fit: where two of them are longer than their side, all shrink by the same factor (CSS Backgrounds, 5.5). */
function fittingRadii(radii: Radii, { width, height }: Size): readonly number[] {
  const [a, b, c, d] = radii;
  const sides = [width / (a + b), height / (b + c), width / (c + d), height / (d + a)];
  const factor = Math.min(1, ...sides.filter(Number.isFinite));
  return radii.map((radius) => radius * factor);
}

/** How much of the pixel that begins at `at` lies beyond an edge. */
const beyond = (at: number, edge: number): number => Math.max(0, Math.min(1, edge - at));

/** Rows of a pixel that are looked at to smooth the edge. */
const rowsPerPixel = 4;

/** The row of a top left corner: how much of each pixel lies outside of the circle, 0 to 255. */
function outsideRow(y: number, radius: number, side: number): Uint8Array {
  const edges = Array.from({ length: rowsPerPixel }, (_, row) => {
    const up = radius - (y + (row + 0.5) / rowsPerPixel);
    return radius - Math.sqrt(Math.max(0, radius * radius - up * up));
  });
  const [nearest, farthest] = [Math.min(...edges), Math.max(...edges)];
  const row = new Uint8Array(side).fill(255, 0, Math.floor(nearest));
  for (let x = Math.floor(nearest); x < Math.min(side, farthest); x += 1) {
    const covered = edges.reduce((sum, edge) => sum + beyond(x, edge), 0) / rowsPerPixel;
    row[x] = Math.round(255 * covered);
  }
  return row;
}

/** What lies outside of a rounded corner as a layer, whose opacity is what is cut off. */
function cornerAt(index: number, radius: number, { width, height }: Size): Layer {
  const side = Math.ceil(radius);
  const [isRight, isBottom] = [index === 1 || index === 2, index >= 2];
  const input = Buffer.alloc(side * side * 4);
  for (let y = 0; y < side; y += 1) {
    const row = outsideRow(y, radius, side);
    const start = (isBottom ? side - 1 - y : y) * side;
    for (let x = 0; x < side && row[x] !== 0; x += 1)
      input[(start + (isRight ? side - 1 - x : x)) * 4 + 3] = row[x] ?? 0;
  }
  return {
    input,
    raw: { width: side, height: side, channels: 4 },
    left: isRight ? width - side : 0,
    top: isBottom ? height - side : 0,
  };
}

/** What rounded corners cut off a picture, as layers whose opacity is to be taken away. */
export const cornersOf = (radii: Radii, size: Size): readonly Layer[] =>
  fittingRadii(radii, size)
    .map((radius, index) => ({ radius, index }))
    .filter(({ radius }) => radius > 0)
    .map(({ radius, index }) => cornerAt(index, radius, size));
