import { useEffect, useRef } from 'preact/hooks';
import type { Size } from '../source/shown.ts';
import { type Area, areaBetween, directionOf, growArea, moveArea, type Place, placeOf } from './areas.ts';

interface Props {
  readonly size: Size;
  readonly area: Area;
  readonly onChange: (area: Area) => void;
}

const corners = ['nw', 'ne', 'sw', 'se'] as const;
type Corner = (typeof corners)[number];

/** The corner that stays where it is while the other one is dragged. */
function oppositeOf(corner: Corner, { left, top, width, height }: Area, size: Size): Place {
  const x = corner.endsWith('w') ? left + width : left;
  const y = corner.startsWith('n') ? top + height : top;
  return { x: x / size.width, y: y / size.height };
}

/** Pixels of one press of an arrow key: a hundredth of the picture. */
const pressOf = ({ width }: Size): number => Math.max(1, Math.round(width / 100));

/** A box on the picture: drawn anew, moved, or dragged by a corner; arrow keys move it, with Shift they resize it. */
export function Box({ size, area, onChange }: Props) {
  const layer = useRef<HTMLDivElement>(null);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.focus({ preventScroll: true }), []);
  const work = useRef<((place: Place) => Area) | undefined>(undefined);
  const start = (event: PointerEvent, first: (place: Place) => (place: Place) => Area): void => {
    if (layer.current === null) return;
    event.preventDefault();
    event.stopPropagation();
    layer.current.setPointerCapture(event.pointerId);
    work.current = first(placeOf(layer.current, event));
  };
  const follow = (event: PointerEvent): void => {
    if (work.current && layer.current) onChange(work.current(placeOf(layer.current, event)));
  };
  const end = (): void => {
    work.current = undefined;
  };
  const press = (event: KeyboardEvent): void => {
    const way = directionOf(event.key);
    if (way === undefined) return;
    event.preventDefault();
    const by = pressOf(size);
    onChange((event.shiftKey ? growArea : moveArea)(area, way[0] * by, way[1] * by, size));
  };
  const percent = (part: number, whole: number): string => `${(part / whole) * 100}%`;
  const move = (from: Place) => (to: Place) =>
    moveArea(area, (to.x - from.x) * size.width, (to.y - from.y) * size.height, size);
  return (
    <div
      ref={layer}
      class="layer"
      onPointerDown={(event) => start(event, (from) => (to) => areaBetween(from, to, size))}
      onPointerMove={follow}
      onPointerUp={end}
      onPointerCancel={end}
    >
      <div
        ref={box}
        class="box"
        role="application"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys move it.
        tabIndex={0}
        aria-label={`Area of ${Math.round(area.width)} by ${Math.round(area.height)} pixels: arrow keys move it, with Shift they resize it`}
        style={{
          left: percent(area.left, size.width),
          top: percent(area.top, size.height),
          width: percent(area.width, size.width),
          height: percent(area.height, size.height),
        }}
        onKeyDown={press}
        onPointerDown={(event) => start(event, move)}
      >
        <span>
          {Math.round(area.width)} × {Math.round(area.height)}
          <u>arrows move it, Shift resizes it</u>
        </span>
        {corners.map((corner) => (
          <i
            key={corner}
            class={corner}
            onPointerDown={(event) =>
              start(event, () => {
                const fixed = oppositeOf(corner, area, size);
                return (to) => areaBetween(fixed, to, size);
              })
            }
          />
        ))}
      </div>
    </div>
  );
}
