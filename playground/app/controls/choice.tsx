import { type ControlProps, valuesOf } from './props.ts';

/** One of several words. */
export function Choice({ name, value, onChange, labelledBy, describedBy }: ControlProps) {
  return (
    <select
      value={value}
      aria-labelledby={labelledBy}
      aria-describedby={describedBy}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    >
      <option value="">–</option>
      {valuesOf(name).map((word) => (
        <option key={word} value={word}>
          {word}
        </option>
      ))}
    </select>
  );
}
