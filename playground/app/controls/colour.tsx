import type { ControlProps } from './props.ts';
import { TextField } from './text.tsx';

const byte = (text: string): string => Math.min(255, Number(text)).toString(16).padStart(2, '0');

/** A colour as a picker shows it: `#rrggbb`. Names of colours are the browser's own. */
function hexOf(value: string): string {
  const [, red, green, blue] = value.match(/^\s*(\d+)\s*,\s*(\d+)\s*,\s*(\d+)/) ?? [];
  if (red && green && blue) return `#${byte(red)}${byte(green)}${byte(blue)}`;
  const context = document.createElement('canvas').getContext('2d');
  if (context === null) return '#000000';
  context.fillStyle = value;
  const { fillStyle } = context;
  return typeof fillStyle === 'string' && fillStyle.startsWith('#') ? fillStyle : '#000000';
}

/** A picker, and a field for the text that the service gets. */
export const ColourField = (props: ControlProps) => (
  <>
    <input
      type="color"
      value={hexOf(props.value)}
      aria-labelledby={props.labelledBy}
      onInput={({ currentTarget }) => props.onChange(currentTarget.value)}
    />
    <TextField {...props} />
  </>
);
