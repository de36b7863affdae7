import { usePage } from '../kit/context.ts';
import { clamp } from '../kit/numbers.ts';
import { paramOf } from '../state/page_data.ts';
import type { ControlProps } from './props.ts';

interface Range {
  readonly min: number;
  readonly max: number;
  readonly step: number;
  /** 1: even; 3: fine steps at the lower end. */
  readonly power: number;
}

/** A range this wide has fine steps at its lower end. */
const wide = 200;
const positions = 1000;

/** The range of a slider; undefined where the parameter has no end. Pixels end at the picture's longer side. */
function useRange(name: string): Range | undefined {
  const { picture } = usePage();
  const { kind, unit, min = 0, max } = paramOf(name);
  const longer = Math.max(picture?.width ?? 0, picture?.height ?? 0) || 2000;
  const end = unit === 'pixels' ? Math.min(max ?? longer, longer) : max;
  if (end === undefined) return undefined;
  const isWide = max !== undefined && end - min > wide;
  return { min, max: end, step: kind === 'int' ? 1 : 0.01, power: isWide ? 3 : 1 };
}

const toPosition = (value: number, { min, max, power }: Range): number =>
  Math.round(positions * clamp((value - min) / (max - min), 0, 1) ** (1 / power));

function toValue(position: number, { min, max, step, power }: Range): string {
  const value = min + (max - min) * (position / positions) ** power;
  return String(Number((Math.round(value / step) * step).toFixed(2)));
}

/** A slider where the parameter has a range, and always a field for the exact number. */
export function NumberField({ name, value, onChange, labelledBy, describedBy }: ControlProps) {
  const range = useRange(name);
  const { names = [], kind } = paramOf(name);
  const label = { 'aria-labelledby': labelledBy, 'aria-describedby': describedBy };
  const isWord = names.includes(value);
  return (
    <>
      {range ? (
        <input
          type="range"
          min={0}
          max={positions}
          value={toPosition(Number(value) || 0, range)}
          disabled={isWord}
          aria-valuetext={value || 'not set'}
          onInput={({ currentTarget }) => onChange(toValue(Number(currentTarget.value), range))}
          {...label}
        />
      ) : null}
      <input
        type="number"
        min={range?.min}
        step={kind === 'int' ? 1 : 'any'}
        value={isWord ? '' : value}
        placeholder={isWord ? value : '–'}
        onInput={({ currentTarget }) => onChange(currentTarget.value)}
        {...label}
      />
      {names.map((word) => (
        <button
          type="button"
          class="word"
          aria-pressed={value === word}
          onClick={() => onChange(value === word ? '' : word)}
        >
          {word}
        </button>
      ))}
    </>
  );
}
