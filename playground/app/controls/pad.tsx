import { type ControlProps, valuesOf } from './props.ts';

const compass = [
  ['northwest', 'north', 'northeast'],
  ['west', 'centre', 'east'],
  ['southwest', 'south', 'southeast'],
].flat();

/** Nine places of a picture, as radio buttons, and the values beside them. */
export function Pad({ name, value, onChange, labelledBy, describedBy }: ControlProps) {
  const values = valuesOf(name);
  const others = values.filter((word) => !compass.includes(word));
  const group = `${labelledBy}-places`;
  const radio = (word: string, isPlace: boolean) => (
    <label class={isPlace ? 'place' : 'word'} title={word}>
      <input
        type="radio"
        name={group}
        checked={value === word}
        disabled={!values.includes(word)}
        aria-label={word}
        onChange={() => onChange(word)}
      />
      {isPlace ? <i /> : <span>{word}</span>}
    </label>
  );
  return (
    <div class="pad" role="radiogroup" aria-labelledby={labelledBy} aria-describedby={describedBy}>
      <div class="places">{compass.map((word) => radio(word, true))}</div>
      {others.map((word) => radio(word, false))}
    </div>
  );
}
