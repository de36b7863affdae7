import { useEffect, useState } from 'preact/hooks';
import type { Access } from '../request/access.ts';
import { isRefusal, type Refusal } from '../request/send.ts';
import type { Source } from '../state/model.ts';
import { type Picture, readPicture } from './picture.ts';
import { release } from './shown.ts';

export interface Loaded {
  /** Whether another picture is on its way; the one before it stays until then. */
  readonly isBusy: boolean;
  readonly picture?: Picture;
  readonly refusal?: Refusal;
}

interface Wanted {
  readonly source: Source;
  /** The user's file, for a source that is one. */
  readonly own: File | undefined;
  readonly access: Access;
  /** Whether the service would refuse a request: then only samples are loaded. */
  readonly isWaiting: boolean;
}

/** Loads the source whenever it changes. */
export function usePicture({ source: { kind, name }, own, access, isWaiting }: Wanted): Loaded {
  const [loaded, setLoaded] = useState<Loaded>({ isBusy: true });
  const file = kind === 'own' ? own : undefined;
  const isHeld = isWaiting && kind !== 'sample';
  useEffect(() => {
    if (isHeld) return undefined;
    const aborter = new AbortController();
    const { signal } = aborter;
    setLoaded((before) => ({ ...before, isBusy: true }));
    const load = async (): Promise<void> => {
      const read = await readPicture({ kind, name }, file, { access, signal });
      if (signal.aborted) return;
      setLoaded(({ picture }) => {
        release(picture);
        return { isBusy: false, ...(isRefusal(read) ? { refusal: read } : { picture: read }) };
      });
    };
    load().catch(() => {
      const refusal = { status: 0, message: 'The picture could not be loaded.' };
      if (!signal.aborted) setLoaded({ isBusy: false, refusal });
    });
    return () => aborter.abort();
  }, [kind, name, file, access, isHeld]);
  return loaded;
}
