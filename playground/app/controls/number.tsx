import { paramOf } from '../state/page_data.ts';
import type { ControlProps } from './props.ts';
import { afterKey, positions, toPosition, toValue, useRange } from './range.ts';
import { Words } from './words.tsx';

/** A slider where the parameter has a range. */
export function Slider({ name, value, onChange, labelledBy, describedBy }: ControlProps) {
  const range = useRange(name);
  if (range === undefined) return null;
  const given = Number.parseFloat(value);
  const number = Number.isNaN(given) ? range.neutral : given;
  const press = (event: KeyboardEvent): void => {
    const next = afterKey(event.key, number, range);
    if (next === undefined) return;
    event.preventDefault();
    onChange(next);
  };
  return (
    <input
      type="range"
      min={0}
      max={positions}
      value={toPosition(number, range)}
      aria-valuetext={value || 'not set'}
      aria-labelledby={labelledBy}
      aria-describedby={describedBy}
      onInput={({ currentTarget }) => onChange(toValue(Number(currentTarget.value), range))}
      onKeyDown={press}
    />
  );
}

/** A slider, and always a field for the exact number. */
export function NumberField(props: ControlProps) {
  const { name, value, onChange, labelledBy, describedBy } = props;
  const { names = [], kind, min } = paramOf(name);
  const isWord = names.includes(value);
  return (
    <>
      <Slider {...props} />
      <input
        type="number"
        min={min}
        step={kind === 'int' ? 1 : 'any'}
        value={isWord ? '' : value}
        placeholder={isWord ? value : '–'}
        aria-labelledby={labelledBy}
        aria-describedby={describedBy}
        onInput={({ currentTarget }) => onChange(currentTarget.value)}
      />
      <Words names={names} value={value} onChange={onChange} />
    </>
  );
}
