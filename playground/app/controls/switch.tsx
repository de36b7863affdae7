import type { ControlProps } from './props.ts';

/** On, or not in the request. */
export const Switch = ({ value, onChange, labelledBy, describedBy }: ControlProps) => (
  <input
    type="checkbox"
    role="switch"
    checked={value === 'true'}
    aria-checked={value === 'true'}
    aria-labelledby={labelledBy}
    aria-describedby={describedBy}
    onChange={({ currentTarget }) => onChange(currentTarget.checked ? 'true' : '')}
  />
);
