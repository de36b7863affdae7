import type { ControlProps } from './props.ts';

/** Words that stand for a value, each a button that can be pressed again. */
export const Words = ({
  names,
  value,
  onChange,
}: Pick<ControlProps, 'value' | 'onChange'> & { readonly names: readonly string[] }) => (
  <>
    {names.map((word) => (
      <button
        key={word}
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
