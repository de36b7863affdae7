/** The value of a half (IEEE 754 binary16). */
function halfValue(bits: number): number {
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
  const sign = bits & 0x8000 ? -1 : 1;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

export const halves = Float32Array.from({ length: 65_536 }, (_, bits) => halfValue(bits));

/** Applies the curve of sRGB (IEC 61966-2-1): light from 0 to 1, result from 0 to 255. */
function shade(light: number): number {
  if (!(light > 0)) return 0;
  if (light >= 1) return 255;
  return Math.round(255 * (light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055));
}

/** Anything darker is black. */
const darkest = 2 ** -13;
const bits = new Uint32Array(1);
const float = new Float32Array(bits.buffer);
const indexOf = (light: number): number => {
  float[0] = light;
  return (bits[0] ?? 0) >>> 12;
};
const lowest = indexOf(darkest);

/** Shades by the exponent and the first 11 bits of a float's fraction; at most one level is off. */
const shades = Uint8Array.from({ length: indexOf(1) - lowest + 1 }, (_, index) => {
  bits[0] = ((index + lowest) << 12) | 0x800;
  return shade(float[0] ?? 0);
});

/** Linear light as a byte of sRGB. */
export function shadeOf(light: number): number {
  if (!(light > darkest)) return 0;
  return light >= 1 ? 255 : (shades[indexOf(light) - lowest] ?? 0);
}

/** Opacity as a byte. */
export const opacityOf = (value: number): number => (value > 0 ? Math.min(255, Math.round(value * 255)) : 0);

/** x and y of the primaries of Rec. 709 and of D65. */
const rec709 = [0.64, 0.33, 0.3, 0.6, 0.15, 0.06, 0.3127, 0.329];

/** The weights of red, green and blue in luminance, for given primaries. */
export function luminanceWeights(
  chromaticities: readonly number[] = rec709,
): readonly [number, number, number] {
  const [rx = 0, ry = 0, gx = 0, gy = 0, bx = 0, by = 0, wx = 0, wy = 0] = chromaticities;
  const area = (ax: number, ay: number, cx: number, cy: number, dx: number, dy: number): number =>
    (cx - ax) * (dy - ay) - (dx - ax) * (cy - ay);
  // White is the sum of the three, each as heavy as the triangle across from it.
  const [r, g, b] = [
    area(wx, wy, gx, gy, bx, by) * ry,
    area(wx, wy, bx, by, rx, ry) * gy,
    area(wx, wy, rx, ry, gx, gy) * by,
  ];
  const sum = r + g + b;
  return sum > 0 || sum < 0 ? [r / sum, g / sum, b / sum] : luminanceWeights();
}
