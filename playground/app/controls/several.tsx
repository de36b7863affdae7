import { paramOf } from '../state/page_data.ts';
import { ColourPicker } from './colour.tsx';
import { Slider } from './number.tsx';
import type { ControlProps } from './props.ts';
import { TextField } from './text.tsx';
import { Words } from './words.tsx';

/** Several numbers: one for all by a slider, or each as text. A point of the picture has no slider. */
export function NumbersField(props: ControlProps) {
  const { names = [], count = [1, 1] } = paramOf(props.name);
  return (
    <>
      {count[0] === 1 ? <Slider {...props} /> : null}
      <TextField {...props} />
      <Words names={names} value={props.value} onChange={props.onChange} />
    </>
  );
}

/** Several colours: a picker for each, and the text that the service gets. */
export function ColoursField(props: ControlProps) {
  const { count = [1, 1], example = '' } = paramOf(props.name);
  const given = (props.value || example).split(',').map((text) => text.trim());
  const change = (at: number, colour: string): void =>
    props.onChange(
      Array.from({ length: Math.max(count[0], given.length) }, (_, index) =>
        index === at ? colour : (given[index] ?? colour),
      )
        .map((text) => text.replace('#', ''))
        .join(','),
    );
  return (
    <>
      {Array.from({ length: count[1] }, (_, at) => at).map((at) => (
        <ColourPicker
          key={at}
          label={`${props.name} ${at + 1}`}
          value={given[at] ?? ''}
          onChange={(colour) => change(at, colour)}
        />
      ))}
      <TextField {...props} />
    </>
  );
}
