import { usePage } from '../kit/context.ts';
import { clamp } from '../kit/numbers.ts';
import { paramOf } from '../state/page_data.ts';

/** A range of numbers as a slider has it. */
export interface Range {
  readonly min: number;
  readonly max: number;
  readonly step: number;
  /** The number that changes nothing: where the slider stands without a value. */
  readonly neutral: number;
}

/** Positions of a slider. */
export const positions = 1000;

/** A part this much longer than the other, or than 200 steps, has fine steps at its beginning. */
const isLong = (length: number, other: number): boolean => length > (other > 0 ? 3 * other : 200);

const curveOf = (length: number, other: number): number => (isLong(length, other) ? 2.5 : 1);

/** The finest step that makes a difference. */
function stepOf(name: string, length: number): number {
  const { kind, unit } = paramOf(name);
  if (kind !== 'float') return 1;
  if (unit === 'pixels') return 0.1;
  return length > 50 ? 1 : 0.01;
}

/** The range of a slider; undefined where the parameter has no end. Pixels end at the picture's longer side. */
export function useRange(name: string): Range | undefined {
  const { picture } = usePage();
  const { unit, min = 0, max, neutral } = paramOf(name);
  const longer = Math.max(picture?.width ?? 0, picture?.height ?? 0) || 2000;
  const end = unit === 'pixels' ? Math.min(max ?? longer, longer) : max;
  if (end === undefined || end <= min) return undefined;
  return {
    min,
    max: end,
    step: stepOf(name, end - min),
    neutral: neutral ?? min,
  };
}

/** The slider's place of the neutral number: its left end, or the middle. */
const middleOf = ({ min, neutral }: Range): number => (neutral > min ? 0.5 : 0);

export function toPosition(value: number, range: Range): number {
  const { min, max, neutral } = range;
  const middle = middleOf(range);
  const [low, high] = [neutral - min, max - neutral];
  const given = clamp(value, min, max);
  if (given < neutral) return positions * (middle - middle * ((neutral - given) / low));
  return positions * (middle + (1 - middle) * ((given - neutral) / high) ** (1 / curveOf(high, low)));
}

const rounded = (value: number, step: number): string =>
  String(Number((Math.round(value / step) * step).toFixed(2)));

/** Steps that a key moves a slider by. */
const keySteps: Readonly<Record<string, number>> = {
  ArrowLeft: -1,
  ArrowDown: -1,
  ArrowRight: 1,
  ArrowUp: 1,
  PageDown: -10,
  PageUp: 10,
};

/** The value after a key; undefined for other keys. Positions are too close together to step by them. */
export function afterKey(key: string, value: number, { min, max, step }: Range): string | undefined {
  const by = keySteps[key];
  return by === undefined ? undefined : rounded(clamp(value + by * step, min, max), step);
}

export function toValue(position: number, range: Range): string {
  const { min, max, neutral, step } = range;
  const middle = middleOf(range);
  const [low, high] = [neutral - min, max - neutral];
  const part = position / positions;
  const value =
    part < middle
      ? neutral - low * (1 - part / middle)
      : neutral + high * ((part - middle) / (1 - middle)) ** curveOf(high, low);
  return rounded(value, step);
}
