import { paramOf } from '../state/page_data.ts';
import type { ControlProps } from './props.ts';

export const TextField = ({ name, value, onChange, labelledBy, describedBy }: ControlProps) => (
  <input
    type="text"
    value={value}
    placeholder={paramOf(name).example ?? ''}
    spellcheck={false}
    autocomplete="off"
    aria-labelledby={labelledBy}
    aria-describedby={describedBy}
    onInput={({ currentTarget }) => onChange(currentTarget.value)}
  />
);
