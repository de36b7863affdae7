/** Eight bits of a channel to light, 0 to 1: 256 values. */
type Curve = Float64Array;
type Row = readonly [number, number, number];
type Matrix = readonly [Row, Row, Row];

/** A colour space of three primaries, as in an ICC matrix profile. */
export interface RgbSpace {
  readonly curves: readonly [Curve, Curve, Curve];
  /** Light of the three channels to XYZ under D50. */
  readonly toXyz: Matrix;
}

const levels = 256;
const curveOf = (light: (value: number) => number): Curve =>
  Float64Array.from({ length: levels }, (_, level) => light(level / (levels - 1)));

const srgbCurve = curveOf((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));

/** IEC 61966-2-1, adapted to D50 as ICC profiles are. */
export const srgb: RgbSpace = {
  curves: [srgbCurve, srgbCurve, srgbCurve],
  toXyz: [
    [0.4360747, 0.3850649, 0.1430804],
    [0.2225045, 0.7168786, 0.0606169],
    [0.0139322, 0.0971045, 0.7141733],
  ],
};

const fixed = (icc: Buffer, at: number): number => icc.readInt32BE(at) / 65_536;

/** The curve of a `parametricCurveType` (ICC.1, 10.18). */
function readParametric(icc: Buffer, at: number): Curve | undefined {
  const counts = [1, 3, 4, 5, 7];
  const type = icc.readUInt16BE(at + 8);
  const count = counts[type];
  if (count === undefined) return undefined;
  const numbers = Array.from({ length: count }, (_, index) => fixed(icc, at + 12 + 4 * index));
  const [g = 1, a = 1, b = 0, c = 0, d = 0, e = 0, f = 0] = numbers;
  const power = (value: number): number => Math.max(0, a * value + b) ** g;
  const shapes = [
    power,
    power,
    (value: number) => power(value) + c,
    (value: number) => (value >= d ? power(value) : c * value),
    (value: number) => (value >= d ? power(value) + e : c * value + f),
  ];
  return curveOf(shapes[type] ?? power);
}

/** The curve of a `curveType` (ICC.1, 10.6): no entry is the identity, one entry is an exponent. */
function readTable(icc: Buffer, at: number): Curve {
  const count = icc.readUInt32BE(at + 8);
  if (count === 0) return curveOf((value) => value);
  if (count === 1) return curveOf((value) => value ** (icc.readUInt16BE(at + 12) / 256));
  const entry = (index: number): number =>
    icc.readUInt16BE(at + 12 + 2 * Math.min(index, count - 1)) / 65_535;
  return curveOf((value) => {
    const position = value * (count - 1);
    const below = Math.floor(position);
    return entry(below) + (position - below) * (entry(below + 1) - entry(below));
  });
}

function curveAt(icc: Buffer, at: number): Curve | undefined {
  const type = icc.toString('latin1', at, at + 4);
  if (type === 'curv') return readTable(icc, at);
  return type === 'para' ? readParametric(icc, at) : undefined;
}

/** The offset of each tag of a profile. */
function tagsOf(icc: Buffer): ReadonlyMap<string, number> {
  const count = Math.min(icc.readUInt32BE(128), 100);
  const entry = (index: number) => 132 + 12 * index;
  return new Map(
    Array.from({ length: count }, (_, index) => [
      icc.toString('latin1', entry(index), entry(index) + 4),
      icc.readUInt32BE(entry(index) + 4),
    ]),
  );
}

function readMatrixProfile(icc: Buffer): RgbSpace | undefined {
  const tags = tagsOf(icc);
  // Colour management prefers the tables of a profile to its matrix.
  if (icc.toString('latin1', 16, 24) !== 'RGB XYZ ' || tags.has('A2B0')) return undefined;
  const xyz = ['rXYZ', 'gXYZ', 'bXYZ'].map((tag) => tags.get(tag) ?? Number.NaN);
  const [r, g, b] = ['rTRC', 'gTRC', 'bTRC'].map((tag) => curveAt(icc, tags.get(tag) ?? Number.NaN));
  if (r === undefined || g === undefined || b === undefined) return undefined;
  const row = (axis: number): Row => {
    const [x = 0, y = 0, z = 0] = xyz.map((at) => fixed(icc, at + 8 + 4 * axis));
    return [x, y, z];
  };
  const toXyz: Matrix = [row(0), row(1), row(2)];
  return inverse(toXyz) && { curves: [r, g, b], toXyz };
}

/** Reads the space of an ICC profile; undefined where it is damaged or not a matrix profile of RGB. */
export function readRgbSpace(icc: Buffer): RgbSpace | undefined {
  try {
    return readMatrixProfile(icc);
  } catch (error) {
    // Offsets outside of the profile.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

const cross = (a: Row, b: Row): Row => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];
const dot = (a: Row, b: Row): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

function inverse([a, b, c]: Matrix): Matrix | undefined {
  const columns = [cross(b, c), cross(c, a), cross(a, b)] as const;
  const determinant = dot(a, columns[0]);
  if (!(Math.abs(determinant) > 1e-6)) return undefined;
  const row = (axis: 0 | 1 | 2): Row => [
    columns[0][axis] / determinant,
    columns[1][axis] / determinant,
    columns[2][axis] / determinant,
  ];
  return [row(0), row(1), row(2)];
}

const steps = 65_536;

/** Light, in 65,536 steps, to the nearest level. */
function levelsOf(curve: Curve): Uint8Array {
  const nearest = new Uint8Array(steps);
  let level = 0;
  for (let step = 0; step < steps; step += 1) {
    const light = step / (steps - 1);
    while (level < levels - 1 && light > ((curve[level] ?? 0) + (curve[level + 1] ?? 1)) / 2) level += 1;
    nearest[step] = level;
  }
  return nearest;
}

/** A change of colour of the pixel at `at`, in place: red, green, blue, eight bits each. */
export type Recolour = (pixels: Uint8Array, at: number) => void;

/** Converts from one space to another; colours outside of the other are clipped. */
export function recolour(from: RgbSpace, to: RgbSpace): Recolour {
  const back = inverse(to.toXyz) ?? srgb.toXyz;
  const column = (index: 0 | 1 | 2): Row => [
    from.toXyz[0][index],
    from.toXyz[1][index],
    from.toXyz[2][index],
  ];
  const rows = back.map((row): Row => [dot(row, column(0)), dot(row, column(1)), dot(row, column(2))]);
  const tables = to.curves.map(levelsOf);
  const [red, green, blue] = from.curves;
  return (pixels, at) => {
    const light: Row = [
      red[pixels[at] ?? 0] ?? 0,
      green[pixels[at + 1] ?? 0] ?? 0,
      blue[pixels[at + 2] ?? 0] ?? 0,
    ];
    for (let channel = 0; channel < 3; channel += 1) {
      const value = dot(rows[channel] ?? light, light);
      const step = Math.round(Math.min(1, Math.max(0, value)) * (steps - 1));
      pixels[at + channel] = tables[channel]?.[step] ?? 0;
    }
  };
}

/** Whether a space is sRGB at eight bits. */
export function isSrgb(space: RgbSpace): boolean {
  const change = recolour(srgb, space);
  const samples = [0, 64, 128, 200, 255];
  return samples.every((r) =>
    samples.every((g) =>
      samples.every((b) => {
        const pixel = Uint8Array.of(r, g, b);
        change(pixel, 0);
        return [r, g, b].every((level, channel) => Math.abs((pixel[channel] ?? 0) - level) <= 1);
      }),
    ),
  );
}
