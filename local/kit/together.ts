type Closeable = { readonly close: () => Promise<void> };

/** Resolves to all parts. When one fails to start, closes the others and rejects. */
export async function startTogether<T extends Record<string, Promise<Closeable>>>(started: T) {
  const names = Object.keys(started);
  const settled = await Promise.allSettled(Object.values(started));
  const failed = settled.find((one) => one.status === 'rejected');
  const good = settled.map((one) => (one.status === 'fulfilled' ? one.value : undefined));
  if (failed) {
    await Promise.all(good.map((one) => one?.close()));
    throw failed.reason;
  }
  return Object.fromEntries(names.map((name, i) => [name, good[i]])) as { [K in keyof T]: Awaited<T[K]> };
}
