interface Props<T extends string> {
  /** What is chosen here, for those who do not see it. */
  readonly label: string;
  /** The choices and their names on the page. */
  readonly choices: readonly (readonly [value: T, name: string])[];
  readonly chosen: T | undefined;
  readonly onChoose: (value: T) => void;
}

/** One of a few, side by side. */
export const Segments = <T extends string>({ label, choices, chosen, onChoose }: Props<T>) => (
  <fieldset class="segments" aria-label={label}>
    {choices.map(([value, name]) => (
      <button key={value} type="button" aria-pressed={value === chosen} onClick={() => onChoose(value)}>
        {name}
      </button>
    ))}
  </fieldset>
);
