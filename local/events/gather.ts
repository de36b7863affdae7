import type { LocalStorage } from '../storage/server.ts';

type Listener = Parameters<LocalStorage['onFinalize']>[0];

/**
 * Gathers listeners, then listens to storage for all of them at once: after a kill -9, storage hands the objects that
 * are owed to its first listener only.
 */
export function gatherListeners(storage: Pick<LocalStorage, 'onFinalize'>) {
  const listeners = new Set<Listener>();
  return {
    async onFinalize(listener: Listener): Promise<() => void> {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    open: () =>
      storage.onFinalize(async (object, overwrote) => {
        for (const listener of listeners) await listener(object, overwrote);
      }),
  };
}
