import { useEffect, useRef } from 'preact/hooks';
import { clamp } from '../kit/numbers.ts';
import { directionOf, type Place, placeOf } from './areas.ts';

interface Props {
  readonly at: Place;
  readonly onChange: (place: Place) => void;
}

/** A point on the picture: clicked, dragged, or moved by arrow keys. */
export function Point({ at, onChange }: Props) {
  const layer = useRef<HTMLDivElement>(null);
  const point = useRef<HTMLDivElement>(null);
  useEffect(() => point.current?.focus({ preventScroll: true }), []);
  const isDown = useRef(false);
  const follow = (event: PointerEvent): void => {
    if (isDown.current && layer.current) onChange(placeOf(layer.current, event));
  };
  const start = (event: PointerEvent): void => {
    isDown.current = true;
    layer.current?.setPointerCapture(event.pointerId);
    follow(event);
  };
  const end = (): void => {
    isDown.current = false;
  };
  const press = (event: KeyboardEvent): void => {
    const way = directionOf(event.key);
    if (way === undefined) return;
    event.preventDefault();
    onChange({ x: clamp(at.x + way[0] / 50, 0, 1), y: clamp(at.y + way[1] / 50, 0, 1) });
  };
  return (
    <div
      ref={layer}
      class="layer"
      onPointerDown={start}
      onPointerMove={follow}
      onPointerUp={end}
      onPointerCancel={end}
    >
      <div
        ref={point}
        class="point"
        role="application"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys move it.
        tabIndex={0}
        aria-label="Point: arrow keys move it"
        style={{ left: `${at.x * 100}%`, top: `${at.y * 100}%` }}
        onKeyDown={press}
      />
    </div>
  );
}
