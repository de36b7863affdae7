import { useEffect, useState } from 'preact/hooks';
import type { Access } from '../request/access.ts';
import { isRefusal, type Refusal } from '../request/send.ts';
import type { Source } from '../state/model.ts';
import { type Picture, readPicture } from './picture.ts';

export interface Loaded {
  readonly picture?: Picture;
  readonly refusal?: Refusal;
}

/** Loads the source whenever it changes. */
export function usePicture({ kind, name }: Source, own: File | undefined, access: Access): Loaded {
  const [loaded, setLoaded] = useState<Loaded>({});
  const file = kind === 'own' ? own : undefined;
  useEffect(() => {
    const aborter = new AbortController();
    const { signal } = aborter;
    const load = async (): Promise<void> => {
      const read = await readPicture({ kind, name }, file, { access, signal });
      if (signal.aborted) return;
      setLoaded(isRefusal(read) ? { refusal: read } : { picture: read });
    };
    load().catch(() => {
      if (!signal.aborted) setLoaded({ refusal: { status: 0, message: 'The picture could not be loaded.' } });
    });
    return () => aborter.abort();
  }, [kind, name, file, access]);
  return loaded;
}
