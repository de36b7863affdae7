import { usePage } from '../kit/context.ts';
import { Segments } from '../kit/segments.tsx';
import type { Mode } from '../state/model.ts';

const modes: readonly (readonly [Mode, string])[] = [
  ['split', 'Compare'],
  ['result', 'Result'],
  ['original', 'Original'],
  ['formats', 'Formats'],
];

const zooms = [
  ['fit', 'Fit'],
  ['full', '1:1'],
] as const;

/** The ways to look at the pictures. */
export function Views() {
  const { state, change, drawing, draw } = usePage();
  const choose = (mode: Mode): void => {
    draw(undefined);
    change((before) => ({ ...before, mode }));
  };
  const hasZoom = state.mode !== 'formats' && drawing === undefined;
  return (
    <div class="views">
      <Segments
        label="View"
        choices={modes}
        chosen={drawing === undefined ? state.mode : undefined}
        onChoose={choose}
      />
      {hasZoom ? (
        <Segments
          label="Zoom"
          choices={zooms}
          chosen={state.isFull ? 'full' : 'fit'}
          onChoose={(zoom) => change((before) => ({ ...before, isFull: zoom === 'full' }))}
        />
      ) : null}
    </div>
  );
}
