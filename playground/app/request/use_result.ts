import { useEffect, useRef, useState } from 'preact/hooks';
import type { Picture } from '../source/picture.ts';
import { release, type Shown, showBlob } from '../source/shown.ts';
import type { Access } from './access.ts';
import type { Plan } from './plan.ts';
import { isRefusal, type Refusal, send } from './send.ts';

/** Milliseconds after the last change. */
const debounceMs = 120;

/** The picture that the service has made. */
export interface Result extends Shown {
  readonly ms: number;
  readonly type: string;
  readonly quality?: string;
  readonly note?: string;
}

/** The newest outcome; the one before it stays while the next is made. */
export interface Outcome {
  readonly isBusy: boolean;
  readonly result?: Result;
  readonly refusal?: Refusal;
}

const notes: readonly (readonly [header: string, text: (value: string) => string])[] = [
  ['image-mode', (mode) => `made by: ${mode}`],
  ['image-frames-left-out', (count) => `${count} frames are over the limit and left out`],
];

async function request(
  plan: Plan,
  picture: Picture,
  options: { readonly access: Access; readonly signal: AbortSignal },
): Promise<Result | Refusal> {
  const answer = await send(plan, picture.input, options);
  if (isRefusal(answer)) return answer;
  const { blob, headers, ms } = answer;
  const shown = await showBlob(blob, options);
  const quality = headers.get('image-quality');
  const found = notes.flatMap(([header, text]) => {
    const value = headers.get(header);
    return value === null ? [] : [text(value)];
  });
  return {
    ...shown,
    ms,
    type: headers.get('content-type') ?? blob.type,
    ...(quality ? { quality } : {}),
    ...(found.length > 0 ? { note: found.join('; ') } : {}),
  };
}

/** An outcome, and the picture that it was made of. */
interface Made extends Outcome {
  readonly of?: Picture;
}

const waiting: Outcome = { isBusy: true };

/** The result of another picture goes. */
function begin(before: Made, of: Picture): Made {
  if (before.of === of) return { ...before, isBusy: true };
  release(before.result);
  return { ...waiting, of };
}

/** The result before stays on the page where there is no new one. */
function nextOutcome({ result, of }: Made, made: Result | Refusal): Made {
  const base = { isBusy: false, ...(of ? { of } : {}) };
  if (isRefusal(made)) return { ...base, refusal: made, ...(result ? { result } : {}) };
  release(result);
  return { ...base, result: made };
}

/** Follows a plan: asks shortly after its last change, and gives up the request before. */
export function useResult(plan: Plan, picture: Picture | undefined, access: Access): Outcome {
  const [outcome, setOutcome] = useState<Made>(waiting);
  const isFirst = useRef(true);
  const text = JSON.stringify(plan);
  useEffect(() => {
    if (picture === undefined) return undefined;
    const aborter = new AbortController();
    const { signal } = aborter;
    setOutcome((before) => begin(before, picture));
    let timer = 0;
    const askIn = (ms: number): void => {
      timer = setTimeout(() => void ask(), ms);
    };
    const ask = async (): Promise<void> => {
      isFirst.current = false;
      const made = await request(plan, picture, { access, signal }).catch(() => undefined);
      if (signal.aborted || made === undefined) return;
      setOutcome((before) => nextOutcome(before, made));
      if (isRefusal(made) && made.retryAfter) askIn(made.retryAfter * 1000);
    };
    askIn(isFirst.current ? 0 : debounceMs);
    return () => {
      clearTimeout(timer);
      aborter.abort();
    };
  }, [text, picture, access]);
  return outcome.of === picture ? outcome : waiting;
}
