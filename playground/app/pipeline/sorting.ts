import type { HTMLAttributes } from 'preact';
import { useRef, useState } from 'preact/hooks';

/** Sorting by dragging a grip: the step under the pointer gives its place. */
export function useSorting(onMove: (from: number, to: number) => void) {
  const list = useRef<HTMLOListElement>(null);
  const [dragged, setDragged] = useState(-1);
  const placeAt = (y: number): number =>
    [...(list.current?.children ?? [])].findIndex((item) => {
      const { top, bottom } = item.getBoundingClientRect();
      return y >= top && y <= bottom;
    });
  const start = (at: number): void => {
    let from = at;
    const over = new AbortController();
    const { signal } = over;
    const follow = ({ clientY }: PointerEvent): void => {
      const to = placeAt(clientY);
      if (to < 0 || to === from) return;
      onMove(from, to);
      from = to;
      setDragged(to);
    };
    const end = (): void => {
      over.abort();
      setDragged(-1);
    };
    setDragged(at);
    // On the window: the grip itself moves while it is dragged.
    addEventListener('pointermove', follow, { signal });
    for (const name of ['pointerup', 'pointercancel'] as const) addEventListener(name, end, { signal });
  };
  const grip = (at: number): HTMLAttributes<HTMLElement> => ({
    onPointerDown: (event) => {
      event.preventDefault();
      start(at);
    },
  });
  return { list, grip, dragged };
}
