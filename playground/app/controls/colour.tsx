import type { ControlProps } from './props.ts';
import { TextField } from './text.tsx';

const byte = (text: string): string => Math.min(255, Number(text)).toString(16).padStart(2, '0');

/** The browser's own reading of a colour. */
function readColour(value: string): string {
  const context = document.createElement('canvas').getContext('2d');
  if (context === null) return '#000000';
  context.fillStyle = value;
  const { fillStyle } = context;
  return typeof fillStyle === 'string' && fillStyle.startsWith('#') ? fillStyle : '#000000';
}

/** A colour as a picker shows it: `#rrggbb`. */
function hexOf(value: string): string {
  const [, red, green, blue] = value.match(/^\s*(\d+)\s*,\s*(\d+)\s*,\s*(\d+)/) ?? [];
  if (red && green && blue) return `#${byte(red)}${byte(green)}${byte(blue)}`;
  return readColour(/^[0-9a-f]{3,8}$/i.test(value) ? `#${value}` : value);
}

interface PickerProps extends Pick<ControlProps, 'value' | 'onChange'> {
  readonly label: string;
}

export const ColourPicker = ({ label, value, onChange }: PickerProps) => (
  <input
    type="color"
    aria-label={label}
    value={hexOf(value)}
    onInput={({ currentTarget }) => onChange(currentTarget.value)}
  />
);

/** A picker, and a field for the text that the service gets. */
export const ColourField = (props: ControlProps) => (
  <>
    <ColourPicker label={`${props.name}, picked`} value={props.value} onChange={props.onChange} />
    <TextField {...props} />
  </>
);
