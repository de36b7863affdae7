import { useEffect, useRef, useState } from 'preact/hooks';
import type { Result } from '../request/use_result.ts';
import type { Picture } from '../source/picture.ts';

interface Props {
  readonly picture: Picture;
  readonly result: Result;
  readonly isFull: boolean;
}

/** Pictures whose proportions differ by less lie exactly on each other. */
const alike = 0.02;

/** Before and after in one place, with a line between them that the pointer or the arrow keys move. */
export function Split({ picture, result, isFull }: Props) {
  const [at, setAt] = useState(50);
  const frame = useRef<HTMLDivElement>(null);
  // The line is in the middle: there one looks first.
  useEffect(() => {
    const { scrollWidth = 0, scrollHeight = 0, clientWidth = 0, clientHeight = 0 } = frame.current ?? {};
    frame.current?.scrollTo((scrollWidth - clientWidth) / 2, (scrollHeight - clientHeight) / 2);
  }, [isFull]);
  const { width = 1, height = 1 } = result;
  const isAlike = Math.abs((picture.width / picture.height) * (height / width) - 1) < alike;
  return (
    <div ref={frame} class={isFull ? 'frame full' : 'frame'} tabIndex={isFull ? 0 : undefined}>
      <div
        class={isAlike ? 'split' : 'split loose'}
        style={{
          '--at': `${at}%`,
          '--ratio': String(width / height),
          '--width': `${width}px`,
          '--height': `${height}px`,
        }}
      >
        <img class="checked" src={result.src} alt="Result" />
        <div class="before">
          <img class="checked" src={picture.src} alt="Original" />
        </div>
        <span class="tag left">before</span>
        <span class="tag right">after</span>
        <i class="line" />
        <input
          type="range"
          min={0}
          max={100}
          step={0.5}
          value={at}
          aria-label="Line between before and after"
          onInput={({ currentTarget }) => setAt(Number(currentTarget.value))}
        />
      </div>
    </div>
  );
}
