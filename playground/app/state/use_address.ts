import { useEffect, useRef, useState } from 'preact/hooks';
import { addressOf, type Known, readAddress } from './address.ts';
import type { State } from './model.ts';

/** A move of a slider makes many states; the last one that stays this long becomes an entry of the history. */
const settleMs = 400;

export type Change = (change: (state: State) => State) => void;

/** The state, kept in the address: reloading, sharing and going back lead to it again. */
export function useAddress(known: Known, first: State): readonly [State, Change] {
  const [state, setState] = useState(() => readAddress(location.hash, known) ?? first);
  const isFromAddress = useRef(true);
  useEffect(() => {
    const read = (): void => {
      isFromAddress.current = true;
      setState(readAddress(location.hash, known) ?? first);
    };
    addEventListener('popstate', read);
    return () => removeEventListener('popstate', read);
  }, [known, first]);
  useEffect(() => {
    if (isFromAddress.current) {
      isFromAddress.current = false;
      return undefined;
    }
    const timer = setTimeout(() => {
      const address = addressOf(state);
      if (address !== location.hash) history.pushState(null, '', address);
    }, settleMs);
    return () => clearTimeout(timer);
  }, [state]);
  return [state, setState];
}
